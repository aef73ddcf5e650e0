using System.Text.Json.Nodes;

namespace Chela.Gateway.Config.Migrations;

/// <summary>One step of the form of the configuration file, forwards. It changes nothing but the draft, and finds nothing to do where the form is new already.</summary>
/// <param name="To">The number of the form that it leads to.</param>
/// <param name="Apply">The step.</param>
internal sealed record ConfigMigration(int To, Action<MigrationDraft> Apply)
{
    /// <summary>Every step, in the order in which they are taken.</summary>
    public static IReadOnlyList<ConfigMigration> All { get; } = [new(2, OldNames.Apply), new(3, OldWords.Apply)];

    /// <summary>The form that this program writes.</summary>
    public static int Present => All[^1].To;

    /// <summary>Takes the steps from a form to the present one; gives the settings after them, and a sentence for each thing that was done.</summary>
    /// <param name="settings">They stay as they are.</param>
    /// <param name="from">Their form; 1 where nothing says it.</param>
    public static (JsonObject Settings, IReadOnlyList<string> Notes) Run(JsonObject settings, int from)
    {
        var draft = new MigrationDraft(settings.DeepClone().AsObject());
        foreach (var step in All.Where(step => step.To > from))
        {
            step.Apply(draft);
        }

        return (draft.Settings, draft.Notes);
    }
}
