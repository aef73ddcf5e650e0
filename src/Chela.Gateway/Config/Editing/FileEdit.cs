using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Contracts.Errors;
using Chela.Gateway.Config.Includes;

namespace Chela.Gateway.Config.Editing;

/// <summary>Another text for one of the files that a configuration is read from.</summary>
/// <param name="Path">The file.</param>
/// <param name="Before">What it holds; null where there is none.</param>
/// <param name="After">What it is to hold.</param>
internal sealed record FileEdit(string Path, byte[]? Before, byte[] After);

/// <summary>
/// Finds the file in which changed settings stand. Where a section is one included file and nothing else, that is the file; what several files
/// make up is left to people (06-config § 4).
/// </summary>
/// <param name="configPath">The full path of the configuration.</param>
/// <param name="content">What its files hold.</param>
/// <param name="isOwn">Says of an included file whether the gateway may change it.</param>
internal sealed class FileEdits(string configPath, ConfigContent content, Func<IncludedFile, bool> isOwn)
{
    /// <summary>The new text of the one file that the changes touch; null where they change nothing.</summary>
    /// <exception cref="RpcException">They touch several files, or what several files make up.</exception>
    public FileEdit? Of(IReadOnlyList<ConfigEdit> edits)
    {
        var placed = edits.Select(edit => (Edit: edit, Place: Find(edit))).ToArray();
        string[] paths = [.. placed.Select(one => one.Place.Path).Distinct()];
        if (paths.Length > 1)
        {
            throw Refusal($"the change touches {string.Join(" and ", paths.Select(Path.GetFileName))}; make one change for each file");
        }

        if (paths is not [var path])
        {
            return null;
        }

        var before = TextOf(path);
        var after = placed.Aggregate(before ?? [], (text, one) => TextEditor.Apply(text, one.Edit with { Path = [.. one.Edit.Path.Skip(one.Place.Depth)] }));
        return before.AsSpan().SequenceEqual(after) ? null : new FileEdit(path, before, after);
    }

    private byte[]? TextOf(string path) => path == configPath ? content.Text : content.Included.Find(path)?.Content;

    private (string Path, int Depth) Find(ConfigEdit edit)
    {
        var (path, depth, at) = (configPath, 0, (JsonNode?)Settings(configPath));
        for (var step = 0; step < edit.Path.Count; step++)
        {
            while (at is JsonObject section && section[IncludeExpansion.Key] is { } name)
            {
                path = Follow(edit, path, section, name);
                (depth, at) = (step, Settings(path));
            }

            at = Child(at, edit.Path[step]);
        }

        return IncludeExpansion.Includes(at) ? throw Refusal($"{edit.Key} holds what other files say; change these, or single settings of it") : (path, depth);
    }

    private string Follow(ConfigEdit edit, string including, JsonObject section, JsonNode name)
    {
        if (section.Count > 1 || name.GetValueKind() != JsonValueKind.String)
        {
            throw Refusal($"{edit.Key} is in a section that several files make up; change it in the file that is to say it");
        }

        var path = IncludeExpansion.PathFrom(including, name.GetValue<string>());
        return content.Included.Find(path) is { Content: not null } file && isOwn(file)
            ? path
            : throw Refusal($"{edit.Key} is in {path}, which the gateway does not change; change it there");
    }

    private JsonObject Settings(string path) => new ConfigText("", TextOf(path) ?? []).Read([]).Values;

    private static JsonNode? Child(JsonNode? at, string name) => at switch
    {
        JsonObject settings => settings[name],
        JsonArray list when int.TryParse(name, out var place) => list.ElementAtOrDefault(place),
        _ => null,
    };

    private static RpcException Refusal(string message) => new(RpcErrorKind.InvalidRequest, message);
}
