{{ staging('assets/networks') }}
