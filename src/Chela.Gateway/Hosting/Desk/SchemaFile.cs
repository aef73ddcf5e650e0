using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Hosting.Desk;

/// <summary>The schema beside a configuration file, so that editors help without a network. A file that this program begins names it.</summary>
internal static class SchemaFile
{
    /// <summary>What stands in the configuration file for it.</summary>
    public static JsonNode Reference(string configFile) => $"./{Path.GetFileName(PathOf(configFile))}";

    /// <summary>Writes it for a new file, and anew where it is there and another version's.</summary>
    public static async Task RefreshAsync(string configFile, JsonElement schema, bool isNew, CancellationToken ct)
    {
        var file = new DocumentFile(PathOf(configFile), new DocumentOptions { Backups = 0 });
        var text = JsonSerializer.SerializeToUtf8Bytes(schema, HostingJson.Default.JsonElement);
        var present = await file.ReadAsync(ct);
        if (present is null ? isNew : !present.AsSpan().SequenceEqual(text))
        {
            await file.WriteAsync(text, ct);
        }
    }

    private static string PathOf(string configFile) => Path.ChangeExtension(configFile, ".schema.json");
}
