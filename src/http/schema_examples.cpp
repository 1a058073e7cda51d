// AddExample: the bodies that /docs proposes.

#include <algorithm>
#include <array>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "http/schema_words.hpp"

namespace notify {

namespace {

// NOLINTBEGIN(modernize-use-designated-initializers): a table of two columns
struct Example {
    std::string_view type;
    std::string_view body;
};

constexpr std::array kExamples{
    Example{
        "NewBucket", R"({"location":"/media/incoming","name":"incoming","rules":[{"processor":"checksum"}]})"
    },
    Example{
        "BucketImport",
        R"({"csv":"kind,endpoint,bucket,access_key_ref,secret_ref,processor,active\ns3,https://s3.example:9000,media,STORE_KEY,STORE_SECRET,checksum,true\n","backlog":{"policy":"ignore"}})"
    },
    Example{"DoneElsewhere", R"({"rows":[{"key":"films/a.mxf","at":"2026-01-31T12:00:00Z"}]})"},
    Example{
        "StoreEvent",
        R"({"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"media"},"object":{"key":"films/a.mxf"}}}]})"
    },
    Example{
        "IconikEvent",
        R"({"event_type":"assets","object_id":"3f2c8a52-0d7f-11f1-9a51-0a580a3c5b11","operation":"create","realm":"entity"})"
    },
    Example{"RetentionRun", R"({"dry_run":true})"},
    Example{"BucketRerun", R"({"mode":"missing","dry_run":true})"},
    Example{
        "BucketChange",
        R"({"active":true,"settle_seconds":5,"schedule":{"windows":["Mon-Fri 20:00-06:00"],"time_zone":"Europe/Zurich"}})"
    },
    Example{
        "NewRule",
        R"({"bucket":"incoming","processor":"facial-recognition","media_types":["video/*"],"path_glob":"films/**","config":{"fps":5},"biometric_basis":"consent form 2026-14"})"
    },
    Example{
        "NewSource",
        R"({"kind":"s3","name":"archive","config":{"endpoint":"https://s3.example:9000"},"secret":{"access_key":"AKEXAMPLE","secret_key":"the-secret"}})"
    },
    Example{"SourceSetup", R"({"system_endpoint":"https://notifications.example.com","dry_run":true})"},
    Example{"SourceChange", R"({"name":"archive"})"},
    Example{
        "NewPause", R"({"of":"source","subject":"archive","reason":"the store is moved","for_seconds":7200})"
    },
    Example{"NewGalleryExport", R"({"passphrase":"correct horse battery staple","people":["Ada Lovelace"]})"},
    Example{
        "NewGalleryImport", R"({"passphrase":"correct horse battery staple","base64":"bm90aWZpY2F0aW9ucw=="})"
    },
    Example{"NewFaceSearch", R"({"base64":"/9j/4AAQSkZJRg==","limit":10})"},
    Example{
        "NewEdit",
        R"({"kind":"confirm","person":"Ada Lovelace","appearances":["app_01J5Z7V6T3Q2K8N4M0C9B8A7D6"]})"
    },
    Example{"NewSecret", R"({"access_key":"AKEXAMPLE","secret_key":"the-secret"})"},
    Example{"RuleChange", R"({"enabled":true,"priority":10})"},
    Example{"NewEnrolment", R"({"name":"Ada Lovelace","photos":[]})"},
    Example{"PersonChange", R"({"name":"Ada Lovelace"})"},
    Example{
        "NewEndpoint", R"({"url":"https://workflow.example/hook","types":["item.*"],"description":"the MAM"})"
    },
    Example{"EndpointChange", R"({"types":["item.completed","item.failed"]})"},
    Example{"Rotation", R"({"overlap_hours":24})"},
    Example{"NewReplay", R"({"since":"2026-01-31T12:00:00Z"})"},
    Example{"NewKey", R"({"name":"the MAM","scopes":["read","write"]})"},
};

// NOLINTEND(modernize-use-designated-initializers)

}  // namespace

void AddExample(std::string_view type, boost::json::object& schema) {
    const auto* const found = std::ranges::find(kExamples, type, &Example::type);
    if (found != kExamples.end()) {
        schema["examples"] = boost::json::array{boost::json::parse(found->body)};
    }
}

}  // namespace notify
