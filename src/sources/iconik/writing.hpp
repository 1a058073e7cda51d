#pragma once

// What is written to an asset, and how: part of the configuration of a source of kind "iconik".

#include <map>
#include <string>

namespace notify::iconik {

struct Writing {
    std::string
        owner;  ///< Id of the source: what another one wrote, also of another installation, is not ours.
    std::string segment_type = "GENERIC";  ///< "GENERIC", "TAG", "MARKER", or "PERSON" for who is in the map.
    std::map<std::string, std::string> person_map;  ///< Our person's id or name → Iconik's person id.
    std::string track = "Facial Recognition";       ///< The segments' track.
    bool proposed = false;                          ///< Appearances that are only proposed are written too.
    std::string names_view;                         ///< Id of a metadata view; "": names are not written.
    std::string names_field;                        ///< Name of its field.
    bool append_names = false;                      ///< Names that others wrote into the field stay.
    std::string status_field = "analyze_status";    ///< Or "face_recognition_status"; "": none is set.
    bool jobs = true;                               ///< A CUSTOM job for each process.
};

/// What decides which segments and names the same appearances become, as JSON; and which field and jobs the
/// same status. The same for the same.
[[nodiscard]] std::string TimelineWritingText(const Writing& writing);
[[nodiscard]] std::string StatusWritingText(const Writing& writing);

}  // namespace notify::iconik
