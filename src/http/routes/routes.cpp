#include "http/routes/routes.hpp"

#include <charconv>
#include <string>
#include <string_view>

#include "http/api.hpp"
#include "http/message.hpp"
#include "http/router.hpp"
#include "storage/storage.hpp"

namespace notify {

void AddRoutes(Router& router, const ApiParts& parts) {
    AddHealthRoutes(router, parts);
    AddMetricsRoutes(router, parts);
    AddSystemRoutes(router, parts);
    AddNodeRoutes(router, parts);
    AddPauseRoutes(router, parts);
    AddRetentionRoutes(router, parts);
    AddSourceRoutes(router, parts);
    AddSourceTestRoutes(router, parts);
    AddSourceSetupRoutes(router, parts);
    AddStoreKindRoutes(router, parts);
    AddBucketRoutes(router, parts);
    AddImportRoutes(router, parts);
    AddPreviewRoutes(router, parts);
    AddRuleRoutes(router, parts);
    AddItemRoutes(router, parts);
    AddDoneRoutes(router, parts);
    AddIntakeRoutes(router, parts);
    AddIconikIntakeRoutes(router, parts);
    AddMessageRoutes(router, parts);
    AddPublicationRoutes(router, parts);
    AddResultRoutes(router, parts);
    AddAppearanceRoutes(router, parts);
    AddWhatIfRoutes(router, parts);
    AddPeopleRoutes(router, parts);
    AddPhotoCropRoutes(router, parts);
    AddGalleryRoutes(router, parts);
    AddErasureRoutes(router, parts);
    AddPeopleEditRoutes(router, parts);
    AddFaceQuestionRoutes(router, parts);
    AddWebhookRoutes(router, parts);
    AddDeliveryRoutes(router, parts);
    AddEventRoutes(router, parts);
    AddKeyRoutes(router, parts);
}

PageRequest PageOf(const Request& request) {
    PageRequest page{.after = std::string(request.Query("after"))};
    const auto limit = request.Query("limit");
    std::from_chars(limit.data(), limit.data() + limit.size(), page.limit);  // checked by the router
    return page;
}

}  // namespace notify
