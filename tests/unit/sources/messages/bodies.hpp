#pragma once

// Messages as they are sent, and what they are wrapped in.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "core/base64.hpp"
#include "core/json.hpp"
#include "sources/messages/message.hpp"

namespace notify::testing {

inline constexpr std::string_view kAsset = "3f2c8a52-0d7f-11f1-9a51-0a580a3c5b11";
inline constexpr std::string_view kOther = "3f2c8a52-0d7f-11f1-9a51-0a580a3c5b22";
inline constexpr std::string_view kCollection = "b7a7c1de-0d7f-11f1-8c1f-0a580a3c5b33";
inline constexpr std::string_view kSystem = "11111111-0d7f-11f1-8c1f-0a580a3c5b44";

inline std::string Records(std::string_view key, std::string_view event = "ObjectCreated:Put") {
    return ToJsonText(
        boost::json::object{
            {"Records",
             boost::json::array{boost::json::object{
                 {"eventVersion", "2.5"},
                 {"eventSource", "aws:s3"},
                 {"eventName", event},
                 {"s3",
                  boost::json::object{
                      {"bucket", boost::json::object{{"name", "media"}}},
                      {"object", boost::json::object{{"key", key}, {"size", 7}}}
                  }}
             }}}
        }
    );
}

inline std::string EventBridge(std::string_view key, std::string_view type = "Object Created") {
    return ToJsonText(
        boost::json::object{
            {"source", "aws.s3"},
            {"detail-type", type},
            {"detail",
             boost::json::object{
                 {"bucket", boost::json::object{{"name", "media"}}},
                 {"object", boost::json::object{{"key", key}}},
                 {"reason", "PutObject"}
             }}
        }
    );
}

inline boost::json::object Webhook(
    std::string_view realm, std::string_view operation, boost::json::object data
) {
    return {
        {"system_domain_id", kSystem},
        {"object_id", kAsset},
        {"user_id", kOther},
        {"realm", realm},
        {"operation", operation},
        {"data", std::move(data)},
        {"request_id", "r-1"},
        {"event_type", "assets"}
    };
}

inline std::string AssetCreated() {
    return ToJsonText(Webhook("entity", "create", {{"id", kAsset}, {"title", "a"}}));
}

inline boost::json::object Action() {
    return {
        {"user_id", kOther},
        {"system_domain_id", kSystem},
        {"context", "BULK"},
        {"action_id", kOther},
        {"asset_ids", boost::json::array{kAsset}},
        {"collection_ids", boost::json::array{}},
        {"saved_search_ids", nullptr},
        {"metadata_view_id", nullptr},
        {"metadata_values", boost::json::object{}},
        {"date_created", "2026-01-31T12:00:00"},
        {"auth_token", "the-secret-token"}
    };
}

/// What a body can be wrapped in.
struct Wrapping {
    std::string_view name;
    std::string (*around)(const std::string& body);
};

inline std::string InSns(const std::string& body) {
    return ToJsonText(boost::json::object{{"Type", "Notification"}, {"MessageId", "m"}, {"Message", body}});
}

inline std::string InHttpEvent(const std::string& body) {
    return ToJsonText(
        boost::json::object{
            {"version", "2.0"},
            {"headers", boost::json::object{{"x-shared-secret", "the-secret-header"}}},
            {"requestContext", boost::json::object{{"http", boost::json::object{{"method", "POST"}}}}},
            {"isBase64Encoded", false},
            {"body", body}
        }
    );
}

inline std::string InEncodedHttpEvent(const std::string& body) {
    return ToJsonText(
        boost::json::object{
            {"headers", boost::json::object{}}, {"isBase64Encoded", true}, {"body", ToBase64(body)}
        }
    );
}

inline std::string InLambda(const std::string& body) {
    return ToJsonText(
        boost::json::object{
            {"context", boost::json::object{{"aws_request_id", "r"}}},
            {"data", ParseJson(body).value()},
            {"event", boost::json::object{{"path", "/"}}}
        }
    );
}

inline const std::vector<Wrapping>& Wrappings() {
    static const std::vector<Wrapping> all{
        {"SNS", InSns},
        {"HTTP event", InHttpEvent},
        {"HTTP event in base64", InEncodedHttpEvent},
        {"webhook2lambda2sqs", InLambda},
    };
    return all;
}

}  // namespace notify::testing
