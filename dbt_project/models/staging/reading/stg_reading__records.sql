{{ staging('reading/records') }}
