using Chela.Gateway.Config;
using Chela.Gateway.Config.Includes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Config.Includes;

[Trait("Requirement", "K1")]
public sealed class IncludeTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _environment = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_section_may_be_another_file_that_has_variables_and_includes_of_its_own()
    {
        _environment["NAME"] = "x";
        Write("session.json", """{ "mainKey": "${NAME}", "maintenance": { "$include": "deep/er.json" } } // kept""");
        Write("deep/er.json", """{ "pruneAfter": "5d" }""");

        var config = (await LoadAsync("""{ "session": { "$include": "./session.json" } }""")).Config;

        Assert.Equal(("x", "5d"), (config.Session.MainKey, config.Session.Maintenance.PruneAfter));
    }

    [Fact]
    public async Task Files_are_laid_over_each_other_in_order_and_what_stands_beside_them_wins()
    {
        Write("a.json", """{ "port": 1, "tickIntervalMs": 1000, "hosts": ["a.example"], "limits": { "maxInFlight": 1, "maxPayload": 2048 } }""");
        Write("b.json", """{ "port": 2, "hosts": ["b.example"], "limits": { "maxInFlight": 2 } }""");

        var gateway = (await LoadAsync("""{ "gateway": { "port": 3, "hosts": ["c.example"], "$include": ["a.json", "b.json"] } }""")).Config.Gateway;

        Assert.Equal((3, 1000, 2, 2048), (gateway.Port, gateway.TickIntervalMs, gateway.Limits.MaxInFlight, gateway.Limits.MaxPayload));
        Assert.Equal(["a.example", "b.example", "c.example"], gateway.Hosts);
    }

    [Fact]
    public async Task A_mistake_is_named_in_the_file_that_makes_it()
    {
        Write("conf/a.json", "{\n \"prot\": 1,\n \"hosts\": [\"ok.example\"]\n}");
        Write("conf/b.json", "{\n \"hosts\": [\"fine.example\",\n  \"https://not.a.host\"], \"auth\": { \"token\": \"${GONE}\" }, \"auth\": 1 }");

        var problems = await RefuseAsync("{\n\"gateway\": { \"$include\": [\"conf/a.json\", \"conf/b.json\"],\n \"port\": \"x\" } }");

        Assert.Equal(
            [
                "chela.json:3:10 gateway.port: must be integer",
                "conf/a.json:2:2 gateway.prot: unknown key (did you mean 'port'?)",
                "conf/b.json:3:3 gateway.hosts[2]: must be a host name without scheme and port, for example chat.example.org or *.example.org",
                "conf/b.json:3:45 gateway.auth.token: needs the variable GONE, which is not set; set it in the environment or in .env beside the state",
                "conf/b.json:3:58 gateway.auth: is given twice; first at conf/b.json:3:26",
            ],
            problems.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("\"nowhere.json\"", "names a file that does not exist: ")]
    [InlineData("\"../outside.json\"", "names a file outside the folder of the configuration: ")]
    [InlineData("\"link.json\"", "names a file outside the folder of the configuration: ")]
    [InlineData("\"folder/outside.json\"", "names a file outside the folder of the configuration: ")]
    [InlineData("\"/etc/passwd\"", "names a file outside the folder of the configuration: ")]
    [InlineData("\"chela.json\"", "includes itself: chela.json > chela.json")]
    [InlineData("\"circle.json\"", "includes itself: chela.json > circle.json > circle2.json > circle.json")]
    [InlineData("\"depth1.json\"", "is nested too deep: 10 files include each other at most")]
    [InlineData("7", "must be the path of a file, shorter than 4096 characters, or a list of such paths")]
    [InlineData("[\"ok.json\", null]", "must be the path of a file, shorter than 4096 characters, or a list of such paths")]
    [InlineData("\"a\\u0000b\"", "must be the path of a file, shorter than 4096 characters, or a list of such paths")]
    [InlineData("\"list.json\"", "the file must hold one object: { … }")]
    [InlineData("\"large.json\"", "the file is larger than 2097152 bytes")]
    [InlineData("\"many.json\"", "is too much: 256 files and 8388608 bytes are included at most")]
    public async Task What_cannot_be_included_is_refused_with_its_reason(string include, string problem)
    {
        var outside = Path.Combine(_folder.Path, "outside.json");
        File.WriteAllText(outside, "{}");
        Write("ok.json", "{}");
        File.CreateSymbolicLink(PathOf("link.json"), outside);
        Directory.CreateSymbolicLink(PathOf("folder"), _folder.Path);
        Write("circle.json", """{ "limits": { "$include": "circle2.json" } }""");
        Write("circle2.json", """{ "$include": "circle.json" }""");
        Enumerable.Range(1, 11).ToList().ForEach(depth => Write($"depth{depth}.json", $$"""{ "$include": "depth{{depth + 1}}.json" }"""));
        Write("list.json", "[]");
        Write("large.json", new string(' ', ConfigText.MaxBytes) + "{}");
        Write("many.json", $$"""{ "$include": [{{string.Join(',', Enumerable.Repeat("\"ok.json\"", 300))}}] }""");

        var problems = await RefuseAsync($$"""{ "gateway": { "$include": {{include}} } }""");

        Assert.Contains(problem, problems[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_was_named_may_be_read_too()
    {
        var shared = Directory.CreateDirectory(Path.Combine(_folder.Path, "shared")).FullName;
        File.WriteAllText(Path.Combine(shared, "session.json"), """{ "mainKey": "x" }""");
        _environment[IncludeReader.RootsVariable] = $"relative{Path.PathSeparator}{shared}";

        Assert.Equal("x", (await LoadAsync("""{ "session": { "$include": "../shared/session.json" } }""")).Config.Session.MainKey);
    }

    [Fact]
    public void A_path_is_followed_through_every_link_and_a_circle_ends()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "one", "two"));
        Directory.CreateSymbolicLink(_folder.File("to-two"), "one/two");
        Directory.CreateSymbolicLink(_folder.File("one/two/up"), "..");
        File.CreateSymbolicLink(_folder.File("round"), "round");

        Assert.Equal(RealPath.Of(_folder.File("one/file")), RealPath.Of(_folder.File("to-two/up/file")));
        Assert.Throws<IOException>(() => RealPath.Of(_folder.File("round/file")));
        Assert.True(RealPath.IsIn("/a/b", "/a/"));
        Assert.False(RealPath.IsIn("/ab", "/a"));
    }

    public void Dispose() => _folder.Dispose();

    private string PathOf(string name) => Path.Combine(_folder.Path, "state", name);

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), text);
    }

    private async Task<ConfigSnapshot> LoadAsync(string text)
    {
        Write("chela.json", text);
        var bytes = await File.ReadAllBytesAsync(PathOf("chela.json"), Ct);
        var included = await new IncludeReader(PathOf("chela.json"), _environment).ReadAsync(bytes, Ct);
        return new ConfigLoader().Load(new ConfigSources(PathOf("chela.json"), bytes) { Included = included, Environment = _environment });
    }

    private async Task<string[]> RefuseAsync(string text) => (await Assert.ThrowsAsync<ConfigException>(() => LoadAsync(text))).Message.Split('\n');
}
