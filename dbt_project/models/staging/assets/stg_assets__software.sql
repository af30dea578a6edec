{{ staging('assets/software') }}
