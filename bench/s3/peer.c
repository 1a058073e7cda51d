/* The peer of read.cpp: aws-c-s3 reads the object by parallel ranges and gives its bytes to a callback, in order.
 *
 * usage: bench_s3_peer HOST PORT BUCKET KEY PART_BYTES CONNECTIONS
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <aws/auth/credentials.h>
#include <aws/common/condition_variable.h>
#include <aws/common/mutex.h>
#include <aws/http/request_response.h>
#include <aws/io/channel_bootstrap.h>
#include <aws/io/event_loop.h>
#include <aws/io/host_resolver.h>
#include <aws/io/uri.h>
#include <aws/s3/s3.h>
#include <aws/s3/s3_client.h>

struct reading {
    struct aws_mutex mutex;
    struct aws_condition_variable changed;
    int ended;
    int error;
    int status;
    unsigned long long bytes;
};

static int on_body(
    struct aws_s3_meta_request *request, const struct aws_byte_cursor *body, uint64_t range_start, void *user_data) {
    (void)request;
    (void)range_start;
    ((struct reading *)user_data)->bytes += body->len;
    return AWS_OP_SUCCESS;
}

static void on_finish(
    struct aws_s3_meta_request *request, const struct aws_s3_meta_request_result *result, void *user_data) {
    (void)request;
    struct reading *reading = user_data;
    aws_mutex_lock(&reading->mutex);
    reading->error = result->error_code;
    reading->status = result->response_status;
    reading->ended = 1;
    aws_condition_variable_notify_all(&reading->changed);
    aws_mutex_unlock(&reading->mutex);
}

static bool has_ended(void *user_data) {
    return ((struct reading *)user_data)->ended != 0;
}

static void add_header(struct aws_http_message *message, const char *name, const char *value) {
    struct aws_http_header header = {
        .name = aws_byte_cursor_from_c_str(name), .value = aws_byte_cursor_from_c_str(value)};
    aws_http_message_add_header(message, header);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    if (argc != 7) {
        fprintf(stderr, "usage: bench_s3_peer HOST PORT BUCKET KEY PART_BYTES CONNECTIONS\n");
        return 2;
    }
    struct aws_allocator *allocator = aws_default_allocator();
    aws_s3_library_init(allocator);
    struct aws_event_loop_group *loops = aws_event_loop_group_new_default(allocator, 0, NULL);
    struct aws_host_resolver_default_options resolver_options = {.el_group = loops, .max_entries = 8};
    struct aws_host_resolver *resolver = aws_host_resolver_new_default(allocator, &resolver_options);
    struct aws_client_bootstrap_options bootstrap_options = {.event_loop_group = loops, .host_resolver = resolver};
    struct aws_client_bootstrap *bootstrap = aws_client_bootstrap_new(allocator, &bootstrap_options);
    struct aws_credentials_provider_static_options credentials_options = {
        .access_key_id = aws_byte_cursor_from_c_str("AKBENCH"),
        .secret_access_key = aws_byte_cursor_from_c_str("secret")};
    struct aws_credentials_provider *credentials =
        aws_credentials_provider_new_static(allocator, &credentials_options);
    struct aws_signing_config_aws signing;
    aws_s3_init_default_signing_config(&signing, aws_byte_cursor_from_c_str("us-east-1"), credentials);

    struct aws_s3_client_config config = {
        .region = aws_byte_cursor_from_c_str("us-east-1"),
        .client_bootstrap = bootstrap,
        .tls_mode = AWS_MR_TLS_DISABLED,
        .signing_config = &signing,
        .part_size = strtoull(argv[5], NULL, 10),
        .throughput_target_gbps = 10.0,
        .max_active_connections_override = (uint32_t)strtoul(argv[6], NULL, 10),
    };
    struct aws_s3_client *client = aws_s3_client_new(allocator, &config);
    if (client == NULL) {
        fprintf(stderr, "no client: %s\n", aws_error_str(aws_last_error()));
        return 1;
    }

    char text[512];
    struct aws_http_message *message = aws_http_message_new_request(allocator);
    aws_http_message_set_request_method(message, aws_byte_cursor_from_c_str("GET"));
    snprintf(text, sizeof text, "/%s/%s", argv[3], argv[4]);
    aws_http_message_set_request_path(message, aws_byte_cursor_from_c_str(text));
    snprintf(text, sizeof text, "%s:%s", argv[1], argv[2]);
    add_header(message, "Host", text);
    snprintf(text, sizeof text, "http://%s:%s", argv[1], argv[2]);
    struct aws_byte_cursor endpoint_text = aws_byte_cursor_from_c_str(text);
    struct aws_uri endpoint;
    aws_uri_init_parse(&endpoint, allocator, &endpoint_text);

    struct reading reading = {
        .mutex = AWS_MUTEX_INIT, .changed = AWS_CONDITION_VARIABLE_INIT, .ended = 0, .error = 0, .status = 0, .bytes = 0};
    struct aws_s3_meta_request_options options = {
        .type = AWS_S3_META_REQUEST_TYPE_GET_OBJECT,
        .message = message,
        .endpoint = &endpoint,
        .user_data = &reading,
        .body_callback = on_body,
        .finish_callback = on_finish,
    };
    const double begin = now();
    struct aws_s3_meta_request *request = aws_s3_client_make_meta_request(client, &options);
    if (request == NULL) {
        fprintf(stderr, "no request: %s\n", aws_error_str(aws_last_error()));
        return 1;
    }
    aws_mutex_lock(&reading.mutex);
    aws_condition_variable_wait_pred(&reading.changed, &reading.mutex, has_ended, &reading);
    aws_mutex_unlock(&reading.mutex);
    const double took = now() - begin;
    if (reading.error != 0) {
        fprintf(stderr, "the read failed: %s (HTTP %d)\n", aws_error_str(reading.error), reading.status);
        return 1;
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf(
        "{\"bytes\": %llu, \"seconds\": %.4f, \"cpu_seconds\": %.4f, \"rss_mib\": %.1f}\n",
        reading.bytes,
        took,
        (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
            (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
        (double)usage.ru_maxrss / 1024);
    fflush(stdout);
    _Exit(0); /* what it holds goes with it */
}
