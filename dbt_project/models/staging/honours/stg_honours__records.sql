{{ staging('honours/records') }}
