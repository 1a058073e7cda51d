#pragma once

// ElasticMQ 1.7.1, a server of Amazon SQS by others, behind a gate that checks signatures
// (tests/servers/elasticmq.py says which queues and credentials there are).

#include <filesystem>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "servers/child_server.hpp"

namespace notify::testing {

class ElasticMq final {
public:
    /// False when script/bootstrap could not fetch it: its tests are skipped then.
    [[nodiscard]] static bool IsThere() { return std::filesystem::exists(NOTIFY_ELASTICMQ_JARS); }

    [[nodiscard]] std::string Url() const { return fmt::format("http://127.0.0.1:{}", server_.Port()); }

    /// As the server names its queues.
    [[nodiscard]] std::string QueueUrl(std::string_view name) const {
        return fmt::format("{}/000000000000/{}", Url(), name);
    }

private:
    ChildServer server_{{NOTIFY_PYTHON, NOTIFY_SERVERS "/elasticmq.py", NOTIFY_ELASTICMQ_JARS}};
};

}  // namespace notify::testing
