# The embedded mode in one container: Airflow's scheduler and page, the lake on a volume.
FROM python:3.11-slim
WORKDIR /opt/shuyuan
COPY requirements.in requirements.lock ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation --editable . \
    && useradd --create-home --uid 1000 shuyuan \
    && install -d -o shuyuan -g shuyuan /lake /secret
USER shuyuan
ENV SHUYUAN_LAKE=/lake SHUYUAN_INBOX=/inbox SHUYUAN_SECRET_FILE=/secret/secret.key
CMD ["python", "-m", "dags.standalone", "--host", "0.0.0.0"]
