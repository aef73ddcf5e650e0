using System.Text;
using System.Text.RegularExpressions;
using Chela.Contracts.Errors;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Agents.Tools.Exec;
using Chela.Gateway.Agents.Tools.Files;

namespace Chela.Gateway.Agents.Skills;

/// <summary>The skills of a workspace. They are read anew each time: few files, and of each only the head.</summary>
internal static partial class SkillFolder
{
    /// <summary>The folder in the workspace.</summary>
    public const string Name = "skills";

    /// <summary>The file that makes a folder a skill.</summary>
    public const string FileName = "SKILL.md";

    /// <summary>The most skills of a workspace.</summary>
    public const int MaxSkills = 200;

    /// <summary>The most of a skill that is shown, in bytes.</summary>
    private const int MaxText = 256 * 1024;

    private const int MaxName = 64;
    private const int MaxDescription = 1024;
    private const string Metadata = "metadata.openclaw.";

    private static readonly string SystemName = OperatingSystem.IsWindows() ? "win32" : OperatingSystem.IsMacOS() ? "darwin" : "linux";

    /// <summary>All of them, by the names of their folders. Links are not followed.</summary>
    public static IReadOnlyList<Skill> Read(string workspace, CancellationToken ct)
    {
        try
        {
            return Workspace.Try(Name, () => List(workspace, ct));
        }
        catch (ToolRefusal)
        {
            return []; // the folder went, or may not be read
        }
    }

    /// <summary>What a skill needs and this machine does not have.</summary>
    public static SkillNeeds Missing(Skill skill) => skill.Needs.Missing(name => AllowedPrograms.InSystem(name) is not null, SystemName);

    /// <summary>The text of a skill, of which no more than a message may be long is read.</summary>
    /// <exception cref="RpcException">It is gone, or cannot be read.</exception>
    public static string TextOf(string workspace, Skill skill)
    {
        try
        {
            return Workspace.Try(skill.Path, () =>
            {
                using var root = WorkspaceEntry.Root(workspace);
                using var skills = root.Child(Name);
                using var folder = skills.Child(skill.Folder);
                return Beginning(folder, MaxText) ?? throw new RpcException(RpcErrorKind.NotFound, $"{skill.Path} is gone");
            });
        }
        catch (ToolRefusal refused)
        {
            throw new RpcException(RpcErrorKind.NotFound, refused.Message);
        }
    }

    private static List<Skill> List(string workspace, CancellationToken ct)
    {
        using var root = WorkspaceEntry.Root(workspace);
        using var folder = root.Child(Name);
        if (folder.Kind != EntryKind.Folder)
        {
            return [];
        }

        var skills = new List<Skill>();
        foreach (var (path, entry) in FileTree.Walk(folder, "", depth: 1, ct))
        {
            if (skills.Count < MaxSkills && entry.Kind == EntryKind.Folder && Beginning(entry, FrontMatter.MaxChars) is { } head)
            {
                skills.Add(Of(path, head));
            }
        }

        return skills;
    }

    /// <summary>The beginning of the skill's file; null where there is none.</summary>
    private static string? Beginning(WorkspaceEntry folder, int most)
    {
        using var file = folder.Child(FileName);
        if (file.Kind != EntryKind.File)
        {
            return null;
        }

        using var handle = file.OpenRead();
        var bytes = new byte[most];
        return Encoding.UTF8.GetString(bytes, 0, RandomAccess.Read(handle, bytes, 0));
    }

    private static Skill Of(string folder, string head)
    {
        var matter = FrontMatter.Read(head, out var problem);
        var name = OneLine(matter?.Value("name") ?? folder);
        var description = OneLine(matter?.Value("description") ?? "");
        problem = problem.Length > 0 ? problem
            : name.Length is 0 or > MaxName ? $"has a name that is not of 1 to {MaxName} characters"
            : description.Length is 0 or > MaxDescription ? $"has a description that is not of 1 to {MaxDescription} characters"
            : "";
        return new Skill(name, description, folder, NeedsOf(matter))
        {
            Emoji = matter?.Value(Metadata + "emoji"),
            Homepage = matter?.Value("homepage") ?? matter?.Value(Metadata + "homepage"),
            Problem = problem.Length == 0 ? null : $"{FileName} {problem}.",
        };
    }

    private static SkillNeeds NeedsOf(FrontMatter? matter)
    {
        return new SkillNeeds(Values("requires.bins"), Values("requires.anyBins"), Values("requires.env"), Values("requires.config"), Values("os"));

        IReadOnlyList<string> Values(string path) => matter?.Values(Metadata + path) ?? [];
    }

    /// <summary>A text as it may stand in a list that a model reads.</summary>
    private static string OneLine(string text) => Gaps().Replace(text, " ").Trim();

    [GeneratedRegex(@"[\s\p{C}]+", RegexOptions.CultureInvariant)]
    private static partial Regex Gaps();
}
