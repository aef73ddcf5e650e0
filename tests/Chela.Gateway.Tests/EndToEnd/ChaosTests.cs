using System.Diagnostics;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>A short run of the trial that kills the gateway under load, and of the switch that it uses.</summary>
[Trait("Requirement", "B4")]
public sealed class ChaosTests
{
    [Fact]
    public Task Killed_at_random_and_at_steps_of_its_storage_the_gateway_loses_and_doubles_nothing() =>
        TryAsync("--kills", "10", "| **lost, doubled, out of order or wrong** | **0** |");

    [Fact]
    [Trait("Requirement", "K3")]
    public Task However_its_file_is_edited_the_last_valid_one_is_in_force_and_no_connection_breaks() =>
        TryAsync("--edits", "12", "| **not in force, lost, doubled, out of order or wrong** | **0** |");

    [Fact]
    public async Task A_process_that_is_to_die_at_a_step_says_so_and_dies_there()
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path) { Environment = [("CHELA_CRASH_AT", "journal.before-fsync@1")] };
        await using var gateway = await GatewayProcess.StartAsync(start);
        await using var client = await gateway.OpenOpenClawAsync();

        await client.SendAsync(OpenClawWire.Request("1", "chat.send", OpenClawWire.ChatParams("main", "run", "hello")));

        Assert.Equal(137, await gateway.EndAsync());
        Assert.Contains("journal.before-fsync", gateway.Output.Text + gateway.Errors.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("journal.before-fsync@0")]
    [InlineData("@1")]
    public async Task What_is_no_step_and_number_is_refused(string value)
    {
        using var folder = new TempFolder();
        var (code, _, errors) = await GatewayProcess.RefusedAsync(new GatewayStart(folder.Path) { Environment = [("CHELA_CRASH_AT", value)] });

        Assert.Equal(78, code);
        Assert.Contains("CHELA_CRASH_AT", errors, StringComparison.Ordinal);
    }

    private static async Task TryAsync(string what, string times, string outcome)
    {
        var program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Chela.Chaos.exe" : "Chela.Chaos");
        var start = new ProcessStartInfo(program, ["--gateway", GatewayProcess.Executable, what, times])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var trial = Process.Start(start)!;
        var output = trial.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = trial.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await trial.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(trial.ExitCode == 0, await errors);
        Assert.Contains(outcome, await output, StringComparison.Ordinal);
    }
}
