// /v1/people/export and /v1/people/import: enrolled people move to another installation.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base64.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/routes/routes.hpp"
#include "http/views_gallery.hpp"
#include "people/gallery_seal.hpp"
#include "people/gallery_transfer.hpp"

namespace notify {

namespace {

constexpr std::size_t kImportBody = (kMostGalleryBytes / 3 + 1) * 4 + (1U << 20U);  // as base 64

view::MovedPersonView Show(const MovedAnswer& answer) {
    return {
        .name = answer.name,
        .outcome = {std::string(ToString(answer.outcome))},
        .person = answer.person.Value(),
        .photos = static_cast<std::int64_t>(answer.photos),
        .edit = answer.edit.Value(),
        .code = answer.code,
        .sentence = answer.sentence
    };
}

class GalleryRoutes {
public:
    explicit GalleryRoutes(ApiParts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] Response Export(const Request& request) const {
        return WithBody<view::NewGalleryExport>(request, [&](const view::NewGalleryExport& wanted) {
            auto file = parts_.galleries.Export(
                {.people = wanted.people, .crops = wanted.crops.value_or(true)},
                wanted.passphrase,
                request.caller.actor
            );
            if (!file) {
                return Problem(file.error(), request.id);
            }
            return Response{.content_type = "application/octet-stream", .body = std::move(*file)};
        });
    }

    [[nodiscard]] Response Import(const Request& request) const {
        return WithBody<view::NewGalleryImport>(request, [&](const view::NewGalleryImport& wanted) {
            const auto file = FromBase64(wanted.base64);
            if (!file) {
                return Problem(file.error(), request.id, "/base64");
            }
            const auto answers = parts_.galleries.Import(
                *file, wanted.passphrase, request.caller.actor, wanted.again.value_or(false), request.stop
            );
            if (answers) {
                parts_.relabel();
                parts_.nudge();
            }
            return Answer(request, answers, [](const std::vector<MovedAnswer>& people) {
                view::MovedPersonList list;
                for (const auto& person : people) {
                    list.rows.push_back(Show(person));
                }
                return list;
            });
        });
    }

private:
    ApiParts parts_;
};

}  // namespace

void AddGalleryRoutes(Router& router, const ApiParts& parts) {
    const auto routes = std::make_shared<GalleryRoutes>(parts);  // shared by the handlers below
    router.Add(
        {.method = "POST",
         .pattern = "/v1/people/export",
         .scope = Scope::kAdmin,
         .tag = "people",
         .summary = "Export people",
         .description =
             "Enrolled people as a file for another installation: names, where consent is kept, embeddings "
             "of "
             "photos with the model that made them, and crops unless told otherwise. It is sealed under the "
             "passphrase, which nobody can recover, and has at most 64 MiB and 10,000 photos. Nothing of "
             "items is in it. "
             "Each export is in the audit.",
         .body = &described::Schema<view::NewGalleryExport>,
         .media_types = {"application/octet-stream"},
         .shows_secret = true,
         .handle = [routes](Request& r) { return routes->Export(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/people/import",
         .scope = Scope::kPeople,
         .tag = "people",
         .summary = "Import people",
         .description =
             "A file that another installation exported, all of it or nothing; the same file again makes "
             "nothing twice. Each person is enrolled, extended, unchanged or refused, with a sentence: who "
             "was "
             "erased here is refused unless `again` is true. Embeddings of another model are refused. Past "
             "items get the names too. Each edit can be undone.",
         .body = &described::Schema<view::NewGalleryImport>,
         .max_body = kImportBody,
         .answer = &described::Schema<view::MovedPersonList>,
         .handle = [routes](Request& r) { return routes->Import(r); }}
    );
}

}  // namespace notify
