{{ staging('assets/devices') }}
