// POST /v1/sources/{source}/test.

#include "core/error.hpp"
#include "core/result.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/routes/bucket_shown.hpp"
#include "http/routes/routes.hpp"
#include "http/views_buckets.hpp"
#include "storage/kind_source.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// A check that fails is what was asked for, so it is no failure of the request.
Response Test(const Request& request, const ApiParts& parts) {
    const auto source = parts.storage.Read([&](const Snapshot& snapshot) {
        return FindSource(snapshot, request.parameters[0]);
    });
    if (!source) {
        return Problem(source.error(), request.id);
    }
    const auto tested = parts.sources.Test(*source, request.stop);
    if (!tested && tested.error().code == ErrorCode::kUnsupported) {
        return Problem(tested.error(), request.id);
    }
    return Answer(request, Result<view::BucketTest>(ShowTest(*source, tested)), [](const auto& shown) {
        return shown;
    });
}

}  // namespace

void AddSourceTestRoutes(Router& router, const ApiParts& parts) {
    router.Add(
        {.method = "POST",
         .pattern = "/v1/sources/{source}/test",
         .scope = Scope::kAdmin,
         .tag = "sources",
         .summary = "Test the way to a queue of messages",
         .description =
             "Asks a source of kind sqs for its queue's attributes and takes no message; says which hop "
             "failed: "
             "setup, proxy, dns, connect, tls, answer, credentials or queue. Sources of stores are asked for "
             "each of their buckets: POST /v1/buckets/{bucket}/test.",
         .answer = &described::Schema<view::BucketTest>,
         .handle = [parts](Request& r) { return Test(r, parts); }}
    );
}

}  // namespace notify
