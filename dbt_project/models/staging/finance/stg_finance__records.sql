{{ staging('finance/records') }}
