using System.Text.Json.Nodes;
using Chela.Gateway.Config.Editing;

namespace Chela.Gateway.Config.Migrations;

/// <summary>The text of a configuration file in the present form, comments and layout as they were.</summary>
/// <param name="Text">The text; the same where nothing was to be done.</param>
/// <param name="Notes">What was done, a sentence each.</param>
internal sealed record MigratedText(byte[]? Text, IReadOnlyList<string> Notes)
{
    /// <summary>Migrates a text. One that cannot be read is left as it is, for those who say why.</summary>
    /// <param name="name">What messages call the file.</param>
    /// <param name="text">Null where there is no file.</param>
    /// <exception cref="ConfigException">A newer program wrote it.</exception>
    public static MigratedText Of(string name, byte[]? text)
    {
        var problems = new List<ConfigProblem>();
        var read = new ConfigText(name, text ?? []).Read(problems);
        var form = FormOf(read.Values);
        if (form > ConfigMigration.Present)
        {
            var sentence = $"was written by a newer Chela: it has the form {form}, and this one knows forms up to {ConfigMigration.Present}; "
                + "start that version again, or put a former content back (chela config rollback)";
            throw new ConfigException([new ConfigProblem(ConfigLayer.File, read.Place("/meta/version", false), "meta.version", sentence)]);
        }

        if (problems.Count > 0 || form == ConfigMigration.Present)
        {
            return new MigratedText(text, []);
        }

        var (settings, notes) = ConfigMigration.Run(read.Values, form);
        return notes.Count == 0 ? new MigratedText(text, []) : new MigratedText(Written(text ?? [], read.Values, settings), notes);
    }

    /// <summary>Problems of a migrated text, without lines and columns, which nobody would find in the file.</summary>
    public ConfigException Placed(ConfigException wrong, string name) => Notes.Count == 0
        ? wrong
        : new ConfigException([.. wrong.Problems.Select(problem => problem.Layer == ConfigLayer.File ? problem with { Place = name } : problem)]);

    private static byte[] Written(byte[] text, JsonObject before, JsonObject after)
    {
        var stamped = ConfigEdit.Set(ConfigMigration.Present, "meta", "version").ApplyTo(after);
        return ConfigEdits.Between(before, stamped).Aggregate(text, (edited, edit) => TextEditor.Apply(edited, edit));
    }

    private static int FormOf(JsonObject settings) =>
        (settings["meta"] as JsonObject)?["version"] is JsonValue version && version.TryGetValue<int>(out var form) ? form : 1;
}
