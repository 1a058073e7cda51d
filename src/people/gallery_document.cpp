#include "people/gallery_document.hpp"

#include <cmath>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base64.hpp"
#include "core/binary.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "domain/person.hpp"
#include "people/distance.hpp"
#include "people/document_fields.hpp"
#include "people/face_tracks.hpp"
#include "people/person_edits.hpp"

namespace notify {

namespace {

constexpr std::size_t kLongestWords = 1U << 20U;  // as a request may give them
constexpr std::size_t kLongestEmbedding = 1024;
constexpr std::size_t kLongestCrop = 4U << 20U;
constexpr double kLengthSlack = 1e-3;
constexpr std::string_view kJpegStart = "\xff\xd8\xff";
constexpr std::string_view kSchema = "gallery/1";

std::string EmbeddingText(const Embedding& embedding) {
    BinaryWriter bytes;
    bytes(embedding);
    return ToBase64(bytes.Take());
}

bool IsSha256(std::string_view text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// The bytes of a member in base 64.
std::string BytesOf(DocumentFields& fields, std::string_view name, std::size_t most) {
    auto bytes = FromBase64(fields.Text(name, most));
    if (!bytes) {
        fields.Fault(name, "base 64");
        return {};
    }
    return std::move(*bytes);
}

MovedPhoto PhotoFrom(DocumentFields& fields) {
    MovedPhoto photo{
        .file_name = fields.Text("file_name", kLongestWords),
        .sha256 = fields.Text("sha256"),
        .model = fields.Text("model"),
        .box = fields.BoxOf("box"),
        .quality = fields.Number("quality", 0, 1),
        .crop = BytesOf(fields, "crop", kLongestCrop)
    };
    for (const auto& [name, digest] :
         {std::pair("sha256", &photo.sha256), std::pair("model", &photo.model)}) {
        if (!IsSha256(*digest)) {
            fields.Fault(name, "sha-256");
        }
    }
    const auto embeddings = ReadEmbeddings(BytesOf(fields, "embedding", kLongestEmbedding));
    if (embeddings.size() == 1 && std::abs(DistanceBetween(embeddings.front(), {}) - 1) < kLengthSlack) {
        photo.embedding = embeddings.front();
    } else {
        fields.Fault("embedding", "embedding");
    }
    if (!photo.crop.empty() && !photo.crop.starts_with(kJpegStart)) {
        fields.Fault("crop", "JPEG");
    }
    return photo;
}

/// `room`: how many photos may still come.
Result<MovedPerson> PersonFrom(const boost::json::value& value, std::size_t room) {
    DocumentFields fields(value);
    MovedPerson person{
        .name = fields.Text("name", kLongestWords),
        .consent = fields.Text("consent", kLongestWords),
        .hidden = fields.Truth("hidden"),
        .photos = {}
    };
    if (CheckedName(person.name) != person.name) {
        fields.Fault("name", "name");
    }
    const auto photos = fields.List("photos");
    if (photos.empty()) {
        fields.Fault("photos", "list of photos");
    }
    if (photos.size() > room) {
        return Fail(ErrorCode::kTooLarge, fmt::format("it has more than {} photos", kMostGalleryPhotos));
    }
    for (const auto& each : photos) {
        DocumentFields photo(each);
        person.photos.push_back(PhotoFrom(photo));
        if (const auto checked = photo.Check(); !checked) {
            return Unexpected(checked.error().Within("a photo"));
        }
    }
    return fields.Check().map([&] { return std::move(person); });
}

}  // namespace

std::string ToJson(const MovedPerson& person) {
    boost::json::array photos;
    for (const auto& photo : person.photos) {
        photos.push_back(
            boost::json::object{
                {"file_name", photo.file_name},
                {"sha256", photo.sha256},
                {"model", photo.model},
                {"embedding", EmbeddingText(photo.embedding)},
                {"box",
                 {{"x", photo.box.x},
                  {"y", photo.box.y},
                  {"width", photo.box.width},
                  {"height", photo.box.height}}},
                {"quality", photo.quality},
                {"crop", ToBase64(photo.crop)}
            }
        );
    }
    return ToJsonText(
        boost::json::object{
            {"name", person.name},
            {"consent", person.consent},
            {"hidden", person.hidden},
            {"photos", std::move(photos)}
        }
    );
}

std::string ToGalleryDocument(const std::vector<std::string>& people) {
    return fmt::format(R"({{"schema":"{}","people":[{}]}})", kSchema, fmt::join(people, ","));
}

Result<std::vector<MovedPerson>> FromGalleryDocument(std::string_view document) {
    const auto json = ParseJson(document);
    if (!json) {
        return Unexpected(json.error());
    }
    DocumentFields fields(*json);
    if (fields.Text("schema") != kSchema) {
        fields.Fault("schema", kSchema);
    }
    const auto rows = fields.List("people");
    if (const auto checked = fields.Check(); !checked) {
        return Unexpected(checked.error());
    }
    if (rows.size() > kMostGalleryPeople) {
        return Fail(ErrorCode::kTooLarge, fmt::format("it has more than {} people", kMostGalleryPeople));
    }
    std::vector<MovedPerson> people;
    std::set<std::string> names;
    std::size_t room = kMostGalleryPhotos;
    for (const auto& row : rows) {
        auto person = PersonFrom(row, room);
        if (!person) {
            return Unexpected(person.error());
        }
        if (!names.insert(person->name).second) {
            return Fail(ErrorCode::kInvalidArgument, "two people have one name");
        }
        room -= person->photos.size();
        people.push_back(std::move(*person));
    }
    return people;
}

}  // namespace notify
