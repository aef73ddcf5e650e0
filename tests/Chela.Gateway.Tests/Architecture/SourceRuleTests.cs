namespace Chela.Gateway.Tests.Architecture;

/// <summary>What every source file of the repository keeps to.</summary>
public sealed class SourceRuleTests
{
    private static readonly string[] Code = ["src", "tests", "bench", "samples"];
    private static readonly string[] CodeAndPages = [.. Code, "ui"];

    private static readonly Lazy<List<SourceFile>> Sources = new(() => [.. Repository.Files(Code, ".cs")]);

    [Fact]
    public void No_file_is_longer_than_a_reader_bears() =>
        Rule.NothingIn(
            SourceRules.TooLong([.. Repository.Files(CodeAndPages, ".cs", ".ts", ".tsx", ".mjs")], Ratchet()),
            $"Limit: {SourceRules.LineLimit} lines. Split by idea. long-files.txt is for shrinking, not for growing.");

    [Fact]
    public void A_type_is_named_for_what_it_is() =>
        Rule.NothingIn(Sources.Value.SelectMany(SourceRules.VagueNames), "Name the thing: SessionLanes, ConfigStore, MethodRegistry.");

    [Fact]
    public void A_folder_is_a_feature_and_not_a_layer() =>
        Rule.NothingIn(SourceRules.VagueFolders(Repository.Folders(CodeAndPages)), "Move the files to the feature that they serve.");

    [Fact]
    public void No_method_is_async_void() =>
        Rule.NothingIn(Sources.Value.SelectMany(SourceRules.AsyncVoid), "Return the task and let somebody await it.");

    [Fact]
    public void A_namespace_is_its_folder()
    {
        var projects = Repository.Files(Code, ".csproj").Select(file => file.Path).ToList();

        Rule.NothingIn(
            Sources.Value.SelectMany(file => SourceRules.StrayNamespaces(file, projects)),
            "Move the file or rename the namespace.");
    }

    [Fact]
    public void Everything_is_caught_only_at_a_boundary_that_says_why() =>
        Rule.NothingIn(
            Repository.Files(["src"], ".cs").SelectMany(file => CatchRules.Unjustified(file, Boundaries())),
            "Catch what you expect, or filter. The boundaries stand in catch-boundaries.txt:\n" + string.Join('\n', Boundaries()));

    [Fact]
    public void An_entry_of_the_log_has_its_event_id_for_itself() =>
        Rule.NothingIn(SourceRules.SharedEventIds(Repository.Files(["src"], ".cs")), "Give one of them an id that no entry has, also in the table of docs/operations/running.md.");

    [Fact]
    public void An_event_id_that_two_entries_have_is_found()
    {
        SourceFile[] files =
        [
            new("a.cs", "[LoggerMessage(7, LogLevel.Error, \"One\")]\n[LoggerMessage(8, LogLevel.Error, \"Two\")]"),
            new("b.cs", "// [LoggerMessage(8)]\n[LoggerMessage(\n    7,\n    LogLevel.Error, \"Three\")]"),
        ];

        Assert.Equal("a.cs:1 and b.cs:2: 7", Assert.Single(SourceRules.SharedEventIds(files)));
    }

    [Fact]
    public void A_file_over_the_limit_is_found_and_a_list_with_slack_too()
    {
        SourceFile[] files = [Long("a.cs", 301), Long("b.cs", 300), Long("c.cs", 400), Long("d.cs", 350), Long("e.cs", 200)];
        var ratchet = new Dictionary<string, int> { ["c.cs"] = 390, ["d.cs"] = 360, ["e.cs"] = 310, ["gone.cs"] = 310 };

        var found = SourceRules.TooLong(files, ratchet);

        Assert.Equal(["a.cs", "c.cs", "d.cs", "e.cs", "gone.cs"], found.Select(place => place.Split(':')[0]));
    }

    [Theory]
    [InlineData("internal sealed class SessionManager;", "SessionManager")]
    [InlineData("record struct TextUtils(int A);", "TextUtils")]
    [InlineData("interface IFrameProcessor { }", "IFrameProcessor")]
    [InlineData("sealed class Managers; class Helpful; // class XHelper", null)]
    public void A_vague_name_is_found(string text, string? name)
    {
        var found = SourceRules.VagueNames(new SourceFile("x.cs", text));

        Assert.Equal(name is null ? [] : [$"x.cs:1: {name}"], found);
    }

    [Theory]
    [InlineData("src/A/A.csproj", "src/A/B/C.cs", "namespace A.B;", true)]
    [InlineData("src/A/A.csproj", "src/A/B/C.cs", "namespace A;", false)]
    [InlineData("src/A/A.csproj", "src/A/C.cs", "namespace A { }", true)]
    [InlineData("src/A/A.csproj", "src/A.B/C.cs", "namespace Elsewhere;", true)]
    public void A_stray_namespace_is_found(string project, string path, string text, bool fits)
    {
        var found = SourceRules.StrayNamespaces(new SourceFile(path, text), [project]);

        Assert.Equal(fits, !found.Any());
    }

    [Theory]
    [InlineData("src/Rpc/X.cs", "try { } catch (IOException) { }", true)]
    [InlineData("src/Rpc/X.cs", "try { } catch (Exception e) when (e is IOException) { }", true)]
    [InlineData("src/Rpc/X.cs", "try { } catch (Exception) { if (a) { Undo(); } throw; }", true)]
    [InlineData("src/Rpc/X.cs", "try { } catch (Exception e) { Undo(); throw new IOException(e.Message, e); }", true)]
    [InlineData("src/Rpc/X.cs", "try { } catch (Exception e) { if (a) { throw new IOException(e.Message, e); } }", false)]
    [InlineData("src/Rpc/X.cs", "try { } catch (Exception) { Undo(); }", false)]
    [InlineData("src/Rpc/X.cs", "try { } catch { Undo(); }", false)]
    [InlineData("src/Rpc/X.cs", "#pragma warning disable CA1031\ntry { } catch (Exception) { Undo(); }", false)]
    [InlineData("src/Rpc/X.cs", "#pragma warning disable CA1031 // A fault is an answer.\ntry { } catch (Exception) { Undo(); }", true)]
    [InlineData("src/Rpc/X.cs", "[SuppressMessage(\"Design\", \"CA1031\")] void F() { try { } catch { } }", false)]
    [InlineData("src/Rpc/X.cs", "[SuppressMessage(\"Design\", \"CA1031\", Justification = \"Go on\")] void F() { try { } catch { } }", true)]
    [InlineData("src/Rpc/Deep/X.cs", "#pragma warning disable CA1031 // A reason.\ntry { } catch { }", false)]
    public void A_catch_of_everything_outside_a_boundary_or_without_a_reason_is_found(string path, string text, bool fits)
    {
        var found = CatchRules.Unjustified(new SourceFile(path, text), ["src/Rpc/"]);

        Assert.Equal(fits, !found.Any());
    }

    [Fact]
    public void A_layer_folder_and_an_async_void_are_found()
    {
        Assert.Equal(["src/A/Services", "src/A/utils"], SourceRules.VagueFolders(["src/A/Services", "src/A/Rpc", "src/A/utils"]));
        Assert.Single(SourceRules.AsyncVoid(new SourceFile("x.cs", "async  void F() { }")));
    }

    private static SourceFile Long(string path, int lines) => new(path, string.Concat(Enumerable.Repeat("\n", lines)));

    private static Dictionary<string, int> Ratchet() =>
        DataFile.Rows("long-files.txt").Select(row => row.Split(' ')).ToDictionary(row => row[0], row => int.Parse(row[1], provider: null));

    private static string[] Boundaries() => [.. DataFile.Rows("catch-boundaries.txt").Select(row => row.Split(' ')[0])];
}
