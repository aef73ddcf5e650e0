using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Contracts.Tools;
using Chela.Gateway.Agents.Mcp;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Programs;

namespace Chela.Gateway.Tests.Agents.Mcp;

/// <summary>Servers that are programs, kind and unkind.</summary>
[Trait("Requirement", "G3")]
public sealed class McpProgramTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tool_of_a_server_is_called_with_arguments_and_answers()
    {
        await using var trial = McpTrial.Start(("trial", McpTrial.Scripted()));
        var echo = await trial.ToolAsync("trial.echo");

        Assert.Equal(new ToolResult("You said ahoi"), await McpTrial.CallAsync(echo, """{"text":"ahoi"}""", Ct));
        Assert.Equal(ToolResult.Failed("It is broken."), await McpTrial.CallAsync(await trial.ToolAsync("trial.fail"), ct: Ct));
        Assert.Equal((ToolRisk.Medium, true), (echo.Description.Risk, echo.Description.HasSideEffects));
    }

    [Fact]
    public async Task A_server_that_died_comes_back_and_its_tools_with_it()
    {
        await using var trial = McpTrial.Start(("trial", McpTrial.Scripted()));
        var before = await trial.ToolAsync("trial.echo");
        var pid = trial.LastPid();

        var last = await McpTrial.CallAsync(await trial.ToolAsync("trial.exit"), ct: Ct);

        Assert.True(last.IsError, last.Text);
        await trial.UntilAsync(() => trial.LastPid() != pid && trial.Tools.Count > 0, "it is there again");
        var after = await trial.ToolAsync("trial.echo");
        Assert.NotSame(before, after);
        Assert.Equal("You said x", (await McpTrial.CallAsync(after, """{"text":"x"}""", Ct)).Text);
        Assert.Contains(trial.Lines, line => line.Contains("next try in", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_is_killed_comes_back()
    {
        await using var trial = McpTrial.Start(("trial", McpTrial.Scripted()));
        await trial.ToolAsync("trial.echo");
        var pid = trial.LastPid();

        using (var process = Process.GetProcessById(pid))
        {
            process.Kill();
        }

        await trial.UntilAsync(() => trial.LastPid() != pid && trial.Tools.Count > 0, "it is there again");
    }

    [Fact]
    public async Task A_change_of_the_list_is_followed()
    {
        await using var trial = McpTrial.Start(("trial", McpTrial.Scripted()));

        await McpTrial.CallAsync(await trial.ToolAsync("trial.grow"), ct: Ct);

        await trial.ToolAsync("trial.grown");
        await McpTrial.CallAsync(await trial.ToolAsync("trial.grow"), ct: Ct);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up_and_tried_again()
    {
        await using var trial = McpTrial.Start(("mute", McpTrial.Scripted("silent", timeoutSeconds: 1)), ("trial", McpTrial.Scripted()));

        await trial.ToolAsync("trial.echo"); // others do not wait for it
        await trial.LineAsync("MCP server mute is not connected");
    }

    [Fact]
    public async Task A_call_that_is_given_up_leaves_the_server_as_it_is()
    {
        await using var trial = McpTrial.Start(("trial", McpTrial.Scripted()));
        var hang = await trial.ToolAsync("trial.hang");
        using var limit = new CancellationTokenSource();
        var call = McpTrial.CallAsync(hang, ct: limit.Token);

        await limit.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal("You said y", (await McpTrial.CallAsync(await trial.ToolAsync("trial.echo"), """{"text":"y"}""", Ct)).Text);
    }

    [Theory]
    [InlineData("flood")]
    [InlineData("long")]
    public async Task A_server_that_says_too_much_is_cut_off(string how)
    {
        await using var trial = McpTrial.Start(("trial", McpTrial.Scripted()));
        var tool = await trial.ToolAsync($"trial.{how}");

        var result = await McpTrial.CallAsync(tool, ct: Ct);

        Assert.True(result.IsError);
        await trial.LineAsync("next try in");
        await trial.ToolAsync("trial.echo");
    }

    [Fact]
    public async Task What_a_program_prints_on_its_standard_error_is_logged_within_bounds()
    {
        await using var trial = McpTrial.Start(("trial", McpTrial.Scripted()));

        await McpTrial.CallAsync(await trial.ToolAsync("trial.complain"), ct: Ct);

        await trial.LineAsync("says more on its standard error than is written down");
        var said = trial.Lines.Where(line => line.Contains("trial says: ", StringComparison.Ordinal)).ToList();
        Assert.InRange(said.Count, 2, Complaints.MaxLines);
        Assert.All(said, line => Assert.InRange(line.Length, 1, Complaints.LongestLine + 50));
    }

    [Fact]
    public async Task A_program_ends_with_the_gateway_and_so_does_what_it_started()
    {
        await using var trial = McpTrial.Start(("trial", McpTrial.Scripted()));
        var grandchild = int.Parse((await McpTrial.CallAsync(await trial.ToolAsync("trial.spawn"), ct: Ct)).Text, provider: null);
        var program = trial.LastPid();
        Assert.False(HasEnded(grandchild) || HasEnded(program));

        await trial.DisposeAsync();

        await trial.UntilAsync(() => HasEnded(grandchild) && HasEnded(program), "both have ended");
    }

    [Fact]
    [Trait("Requirement", "A8")]
    public async Task A_program_gets_its_own_variables_and_none_of_the_gateways_secrets()
    {
        Environment.SetEnvironmentVariable("CHELA_TRIAL_SECRET", "not-for-servers");
        var settings = McpTrial.Scripted();
        settings["env"] = new JsonObject { ["API_KEY"] = "for-this-server" };
        await using var trial = McpTrial.Start(("trial", settings));

        var environment = JsonElement.Parse((await McpTrial.CallAsync(await trial.ToolAsync("trial.environment"), ct: Ct)).Text);

        Assert.Equal("for-this-server", environment.GetProperty("API_KEY").GetString());
        Assert.True(environment.TryGetProperty("PATH", out _));
        Assert.False(environment.TryGetProperty("CHELA_TRIAL_SECRET", out _));
    }

    [Fact]
    public async Task What_a_hostile_server_says_of_its_tools_is_bounded()
    {
        await using var trial = McpTrial.Start(("evil", McpTrial.Scripted("hostile")));
        var wipe = await trial.ToolAsync("evil.wipe");

        var tools = trial.Tools.Select(tool => tool.Description).ToList();
        Assert.Equal(McpToolList.MaxTools, tools.Count);
        Assert.All(tools, tool => Assert.True(ToolCatalog.IsName(tool.Name), tool.Name));
        Assert.All(tools, tool => Assert.InRange(tool.Summary.Length, 1, 2_000));
        Assert.Single(tools, tool => tool.Name == "evil.with_space_und_");
        Assert.DoesNotContain(tools, tool => tool.Name == "evil.shape");
        Assert.Equal((ToolRisk.High, true), (wipe.Description.Risk, wipe.Description.HasSideEffects));
    }

    [Fact]
    public async Task Only_the_tools_of_the_list_are_taken_and_of_two_that_models_would_call_the_same_one()
    {
        var some = McpTrial.Scripted();
        some["allow"] = new JsonArray("echo", "fail");
        var off = McpTrial.Scripted();
        off["enabled"] = false;
        var twin = McpTrial.Scripted("hostile");
        twin["allow"] = new JsonArray("t1");
        await using var trial = McpTrial.Start(("some", some), ("off", off), ("some_echo", twin));
        await trial.ToolAsync("some.echo");
        await trial.ToolAsync("some_echo.t1");

        Assert.Equal(["some.echo", "some.fail", "some_echo.t1"], trial.Tools.Select(tool => tool.Description.Name));
    }

    /// <summary>True also for one that nobody has asked for its end.</summary>
    private static bool HasEnded(int pid)
    {
        try
        {
            return OperatingSystem.IsLinux()
                ? File.ReadAllText($"/proc/{pid}/stat").Contains(") Z", StringComparison.Ordinal)
                : Process.GetProcesses().All(process => process.Id != pid);
        }
        catch (IOException)
        {
            return true;
        }
    }
}
