#pragma once

// Where a queue of Amazon SQS is asked, and for which region requests to it are signed.

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/url.hpp"

namespace notify::sqs {

struct QueueAddress {
    Url endpoint;           ///< Where every request is posted; the queue is named in its body.
    std::string host;       ///< Of the endpoint, as the Host header says it.
    std::string path;       ///< Of the endpoint: "/" at least.
    std::string region;     ///< "us-east-2".
    std::string queue_url;  ///< As it was given: what the server knows the queue by.
    std::string name;       ///< "Webhook-Requeue", for sentences.
};

/// `endpoint`: "" for the host of the queue's URL; else where ElasticMQ, LocalStack or a VPC endpoint
/// answers, below a path or not. `region`: "" for the one that the queue's host names, as Amazon's hosts do.
/// kInvalidArgument with a JSON pointer (/queue_url, /endpoint, /region): no http(s) URL, a name, a password
/// or a query in one, no queue in the path, a region that no host tells.
[[nodiscard]] Result<QueueAddress> ReadQueueAddress(
    std::string_view queue_url, std::string_view endpoint, std::string_view region
);

}  // namespace notify::sqs
