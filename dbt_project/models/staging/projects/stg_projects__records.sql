{{ staging('projects/records') }}
