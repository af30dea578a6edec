{{ staging('training/records') }}
