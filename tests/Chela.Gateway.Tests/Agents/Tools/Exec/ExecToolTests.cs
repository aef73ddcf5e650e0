using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Chela.Contracts.Tools;
using Chela.Gateway.Agents.Tools.Exec;
using Chela.Gateway.Config;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Agents.Tools.Exec;

/// <summary>The tool with real programs, in the sandbox and without it.</summary>
[Trait("Requirement", "G3")]
public sealed class ExecToolTests : IDisposable
{
    private static readonly string[] Allowed = ["sh", "cat", "env", "printf", "yes", "sleep", "touch", "ls", "id"];

    private readonly TempFolder _workspace = new();
    private readonly TempFolder _outside = new();

    public static TheoryData<string> Modes => [ExecToolConfig.Off, ExecToolConfig.Required];

    [Fact]
    public void It_is_of_high_risk() => Assert.Equal(ToolRisk.High, Tool(ExecToolConfig.Off).Description.Risk);

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_program_gets_its_words_as_they_are(string mode)
    {
        if (!await CanRunAsync(mode))
        {
            return;
        }

        Assert.Equal("Exit code 0.\nOutput:\n[a b][*][$HOME][;]", await DoAsync(mode, "printf", "[%s]", "a b", "*", "$HOME", ";"));
        Assert.Equal("Exit code 0.\nOutput:\n[a b][x]", await Tool(mode).DoAsync(new JsonObject { ["line"] = "printf '[%s]' \"a b\" x" }, _workspace.Path));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task It_runs_in_the_workspace_with_a_small_environment(string mode)
    {
        if (!await CanRunAsync(mode))
        {
            return;
        }

        var environment = await DoAsync(mode, "env");
        await DoAsync(mode, "touch", "made");

        var names = environment.Split('\n').Where(line => line.Contains('=', StringComparison.Ordinal)).Select(line => line.Split('=')[0]);
        Assert.Equal(["HOME", "LANG", "PATH"], names.Where(name => name != "PWD").Order(StringComparer.Ordinal));
        Assert.Contains($"HOME={_workspace.Path}", environment, StringComparison.Ordinal);
        Assert.True(File.Exists(_workspace.File("made")));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_failure_is_shown_with_both_streams(string mode)
    {
        if (!await CanRunAsync(mode))
        {
            return;
        }

        var text = await Tool(mode).RefusedAsync(Command("sh", "-c", "echo out; echo err >&2; exit 3"), _workspace.Path);

        Assert.Equal("Exit code 3.\nOutput:\nout\n\nErrors:\nerr\n", text);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_flood_is_ended_and_its_beginning_kept(string mode)
    {
        if (!await CanRunAsync(mode))
        {
            return;
        }

        var text = await Tool(mode).RefusedAsync(Command("yes"), _workspace.Path);

        Assert.StartsWith("It wrote too much, and it was ended.\nOutput, the beginning of it:\ny\ny\n", text, StringComparison.Ordinal);
        Assert.InRange(text.Length, ProgramRun.MaxKept, ProgramRun.MaxKept + 200);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task When_its_time_is_over_it_ends_with_everything_it_started(string mode)
    {
        if (!await CanRunAsync(mode))
        {
            return;
        }

        var seconds = Unique();
        var breed = $"for i in 1 2 3 4 5 6 7 8; do (sh -c 'sleep {seconds} & sleep {seconds} & wait' &) ; done; echo ready; sleep {seconds}";
        var command = Command("sh", "-c", breed);
        command["timeoutSeconds"] = 1;

        var text = await Tool(mode).RefusedAsync(command, _workspace.Path);

        Assert.StartsWith("Its time was over, and it was ended.", text, StringComparison.Ordinal);
        await Patience.UntilAsync(async _ => await Task.Run(() => !IsRunning(seconds)), "all of its processes have ended");
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task What_it_leaves_behind_ends_with_it(string mode)
    {
        if (!await CanRunAsync(mode))
        {
            return;
        }

        var seconds = Unique();

        await DoAsync(mode, "sh", "-c", $"sleep {seconds} & echo done");

        await Patience.UntilAsync(async _ => await Task.Run(() => !IsRunning(seconds)), "its child has ended");
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task It_ends_when_the_run_does(string mode)
    {
        if (!await CanRunAsync(mode))
        {
            return;
        }

        var seconds = Unique();
        using var run = new CancellationTokenSource();
        var call = Tool(mode).CallAsync(Command("sh", "-c", $"touch begun; sleep {seconds}"), _workspace.Path, run.Token);
        await Patience.UntilAsync(async _ => await Task.Run(() => File.Exists(_workspace.File("begun"))), "it has begun");

        await run.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Patience.UntilAsync(async _ => await Task.Run(() => !IsRunning(seconds)), "it has ended");
    }

    [Fact]
    public async Task The_sandbox_shows_the_system_and_the_workspace_and_nothing_else()
    {
        if (!await CanRunAsync(ExecToolConfig.Required))
        {
            return;
        }

        await File.WriteAllTextAsync(_outside.File("secret"), "secret", TestContext.Current.CancellationToken);
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

        await Tool(ExecToolConfig.Required).RefusedAsync(Command("cat", _outside.File("secret")), _workspace.Path);
        await Tool(ExecToolConfig.Required).RefusedAsync(Command("cat", "/etc/shadow"), _workspace.Path);
        await Tool(ExecToolConfig.Required).RefusedAsync(Command("ls", home), _workspace.Path);
        await Tool(ExecToolConfig.Required).RefusedAsync(Command("touch", "/usr/made"), _workspace.Path);
        await Tool(ExecToolConfig.Required).RefusedAsync(Command("ls", $"/proc/{Environment.ProcessId}"), _workspace.Path);
        Assert.False(File.Exists("/usr/made"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_sandbox_has_no_network_unless_that_is_wanted(bool network)
    {
        if (!await CanRunAsync(ExecToolConfig.Required))
        {
            return;
        }

        var settings = new ExecToolConfig { Allow = Allowed, Sandbox = ExecToolConfig.Required, Network = network };

        var own = await File.ReadAllTextAsync("/proc/net/dev", TestContext.Current.CancellationToken);
        var seen = await Tool(settings).DoAsync(Command("cat", "/proc/net/dev"), _workspace.Path);

        Assert.Equal(network ? Interfaces(own) : ["lo"], Interfaces(seen));
    }

    [Theory]
    [InlineData("./sh")]
    [InlineData("../sh")]
    [InlineData("/bin/sh")]
    [InlineData("rm")]
    public async Task Only_what_is_allowed_runs(string program) =>
        Assert.Contains("tools.exec.allow", await Tool(ExecToolConfig.Off).RefusedAsync(Command(program), _workspace.Path), StringComparison.Ordinal);

    [Fact]
    public async Task Without_a_list_nothing_runs() =>
        await Tool(new ExecToolConfig()).RefusedAsync(Command("id"), _workspace.Path);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "command": [] }""")]
    [InlineData("""{ "command": ["id"], "line": "id" }""")]
    [InlineData("""{ "command": "id" }""")]
    [InlineData("""{ "command": ["id", "a\u0000b"] }""")]
    [InlineData("""{ "line": "id; id" }""")]
    [InlineData("""{ "line": "id", "timeoutSeconds": 0 }""")]
    [InlineData("""{ "line": "id", "timeoutSeconds": 601 }""")]
    public async Task Arguments_that_mean_no_command_are_refused(string arguments) =>
        await Tool(ExecToolConfig.Off).RefusedAsync(JsonNode.Parse(arguments)!.AsObject(), _workspace.Path);

    [Fact]
    public async Task A_sandbox_that_is_required_and_missing_refuses_and_one_that_may_be_missing_does_not()
    {
        var nowhere = new Sandbox(_ => Task.FromResult<string?>(null));
        var required = new ExecTool(() => new ExecToolConfig { Allow = Allowed, Sandbox = ExecToolConfig.Required }, nowhere, TimeProvider.System);
        var auto = new ExecTool(() => new ExecToolConfig { Allow = Allowed }, nowhere, TimeProvider.System);

        Assert.Contains("sandbox", await required.Tool.RefusedAsync(Command("id"), _workspace.Path), StringComparison.Ordinal);
        Assert.Contains("uid=", await auto.Tool.DoAsync(Command("id"), _workspace.Path), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _workspace.Dispose();
        _outside.Dispose();
    }

    /// <summary>False where the machine does not permit the name spaces of a sandbox; then the tool has to say so.</summary>
    private async Task<bool> CanRunAsync(string mode)
    {
        var result = await Tool(mode).CallAsync(Command("id"), _workspace.Path);
        if (result.IsError)
        {
            Assert.Contains("bubblewrap is not installed here or not permitted", result.Text, StringComparison.Ordinal);
            TestContext.Current.AddWarning("There is no sandbox on this machine: what holds in it was not tried.");
        }

        return !result.IsError;
    }

    private static ITool Tool(string mode) => Tool(new ExecToolConfig { Allow = Allowed, Sandbox = mode });

    private static ITool Tool(ExecToolConfig settings) => new ExecTool(() => settings, Sandbox.OfMachine(TimeProvider.System), TimeProvider.System).Tool;

    private static JsonObject Command(params string[] words) => new() { ["command"] = new JsonArray([.. words.Select(word => (JsonNode)word)]) };

    private Task<string> DoAsync(string mode, params string[] words) => Tool(mode).DoAsync(Command(words), _workspace.Path);

    /// <summary>A number of seconds that no other process of the machine sleeps.</summary>
    private static string Unique() => string.Create(CultureInfo.InvariantCulture, $"{RandomNumberGenerator.GetInt32(10_000, 99_999)}.{RandomNumberGenerator.GetInt32(1_000_000, 9_999_999)}");

    private static bool IsRunning(string argument) => Directory.EnumerateDirectories("/proc").Any(process => CommandLine(process).Contains(argument, StringComparison.Ordinal));

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // it has ended, or is no process
        }
    }

    private static string[] Interfaces(string table) =>
        [.. table.Split('\n').Where(line => line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && colon < line.Length - 1).Select(line => line.Split(':')[0].Trim()).Where(name => name.All(char.IsLetterOrDigit)).Order()];
}
