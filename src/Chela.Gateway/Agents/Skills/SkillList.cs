using System.Globalization;
using System.Text;

namespace Chela.Gateway.Agents.Skills;

/// <summary>The skills of a workspace as a model is told of them: by name and purpose. What they say it reads when it needs them.</summary>
internal static class SkillList
{
    /// <summary>How long the list may be.</summary>
    public const int MaxChars = 18_000;

    private const string Head =
        "# Your skills\n\nWhere one of these fits what you are asked, read its file with fs.read before you begin, and do as it says. Read no file that does not fit.\n";

    /// <summary>The list; null where there is nothing to list.</summary>
    /// <param name="skills">The skills that can be used.</param>
    /// <param name="max">How long it may be at most, in characters.</param>
    public static string? Text(IReadOnlyList<Skill> skills, int max)
    {
        var told = new StringBuilder(Head);
        foreach (var (number, skill) in skills.Index())
        {
            var row = $"\n- {skill.Name}: {skill.Description} [{skill.Path}]";
            if (told.Length + row.Length > Math.Min(max, MaxChars))
            {
                return number == 0 ? null
                    : told.Append(CultureInfo.InvariantCulture, $"\n- And {skills.Count - number} more: fs.list shows the folder {SkillFolder.Name}.").ToString();
            }

            told.Append(row);
        }

        return skills.Count == 0 ? null : told.ToString();
    }
}
