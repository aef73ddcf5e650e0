using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using QRCoder;

namespace Chela.Cli.Channels;

/// <summary><c>chela channels</c>: how accounts of channels are doing, and logging in and out where a phone scans a code.</summary>
internal static class ChannelsCommand
{
    public const string UsualAccount = "default";

    /// <summary>How long one question waits at the gateway; then it is asked again.</summary>
    private const int StepMs = 25_000;

    public static Command Create()
    {
        var command = new ExampledCommand("channels", "Show, start and stop accounts of channels, log in and out")
        {
            Examples = ["chela channels status", "chela channels restart telegram", "chela channels login sidecar --account phone"],
            Subcommands = { StatusCommand(), LoginCommand(), LogoutCommand() },
        };
        foreach (var further in AccountCommands.All)
        {
            command.Add(further);
        }

        return command;
    }

    private static ExampledCommand StatusCommand()
    {
        var probe = new Option<bool>("--probe") { Description = "Ask each platform whether the account works" };
        var connection = new ConnectionOptions("Longest wait for the answer (default 30)");
        var command = new ExampledCommand("status", "Show how accounts are doing")
        {
            Examples = ["chela channels status", "chela channels status --probe --json"],
        };
        command.Add(probe);
        connection.AddTo(command);
        command.SetAction((parsed, ct) => GatewaySession.RunAsync(connection.Read(parsed), session => ShowAsync(session, parsed.GetValue(probe), ct), ct));
        return command;
    }

    private static ExampledCommand LoginCommand()
    {
        var (channel, account) = Place();
        var connection = new ConnectionOptions("Longest wait for an answer (default 30)");
        var command = new ExampledCommand("login", "Log in by a code that a phone scans")
        {
            Examples = ["chela channels login sidecar --account phone"],
        };
        command.Add(channel);
        command.Add(account);
        connection.AddTo(command);
        command.SetAction((parsed, ct) => GatewaySession.RunAsync(
            connection.Read(parsed), session => LogInAsync(session, parsed.GetRequiredValue(channel), parsed.GetRequiredValue(account), ct), ct));
        return command;
    }

    private static ExampledCommand LogoutCommand()
    {
        var (channel, account) = Place();
        var connection = new ConnectionOptions("Longest wait for the answer (default 30)");
        var command = new ExampledCommand("logout", "Log out, and stop the account")
        {
            Examples = ["chela channels logout sidecar --account phone"],
        };
        command.Add(channel);
        command.Add(account);
        connection.AddTo(command);
        command.SetAction((parsed, ct) => GatewaySession.RunAsync(
            connection.Read(parsed), session => LogOutAsync(session, parsed.GetRequiredValue(channel), parsed.GetRequiredValue(account), ct), ct));
        return command;
    }

    private static (Argument<string> Channel, Option<string> Account) Place() => (
        new Argument<string>("CHANNEL") { Description = "The channel, for example sidecar" },
        new Option<string>("--account") { Description = "The account of the channel", HelpName = "NAME", DefaultValueFactory = _ => UsualAccount });

    private static async Task<int> ShowAsync(GatewaySession session, bool probe, CancellationToken ct)
    {
        var parameters = JsonSerializer.SerializeToElement(new ChannelsQuestion { Probe = probe ? true : null }, CliJson.Default.ChannelsQuestion);
        var status = await session.Client.CallAsync("channels.status", parameters, ct);
        if (session.Json)
        {
            session.Terminal.WriteJson(status, CliJson.Default.JsonElement, indented: false);
            return ExitCode.Ok;
        }

        var rows = status.GetProperty("channelAccounts").EnumerateObject().SelectMany(channel => channel.Value.EnumerateArray().Select(row => Line(channel.Name, row))).ToList();
        foreach (var line in rows.Count > 0 ? rows : ["There are no accounts: set channels in chela.json."])
        {
            session.Terminal.WriteLine(line);
        }

        return ExitCode.Ok;
    }

    private static string Line(string channel, JsonElement row)
    {
        var state = Text(row, "healthState") ?? (row.GetProperty("running").GetBoolean() ? "running" : "stopped");
        var works = row.TryGetProperty("probe", out var probe) ? probe.GetProperty("ok").GetBoolean() ? $", works as {Text(probe, "bot") ?? "itself"}" : $", does not work: {Text(probe, "error")}" : "";
        var error = Text(row, "lastError") is { } problem && !(row.TryGetProperty("connected", out var connected) && connected.GetBoolean()) ? $": {problem}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{channel}/{Text(row, "accountId"),-20} {state}{error}{works}");
    }

    /// <summary>Draws each code as it comes, until one was scanned.</summary>
    private static async Task<int> LogInAsync(GatewaySession session, string channel, string account, CancellationToken ct)
    {
        var question = new ChannelsQuestion { Channel = channel, AccountId = account, TimeoutMs = StepMs };
        var step = await AskAsync("web.login.start");
        while (!step.GetProperty("connected").GetBoolean())
        {
            if (Text(step, "code") is { } code)
            {
                using var drawn = QRCodeGenerator.GenerateQrCode(code, QRCodeGenerator.ECCLevel.L);
                using var picture = new AsciiQRCode(drawn);
                session.Terminal.WriteLine(session.Json ? code : picture.GetGraphicSmall());
                question = question with { CurrentQrDataUrl = Text(step, "qrDataUrl") };
            }

            if (!session.Json)
            {
                session.Terminal.WriteLine(Text(step, "message") ?? "");
            }

            step = await AskAsync("web.login.wait");
        }

        if (session.Json)
        {
            session.Terminal.WriteJson(step, CliJson.Default.JsonElement, indented: false);
        }
        else
        {
            session.Terminal.WriteLine($"{channel}/{account} is logged in.");
        }

        return ExitCode.Ok;

        Task<JsonElement> AskAsync(string method) => session.Client.CallAsync(method, JsonSerializer.SerializeToElement(question, CliJson.Default.ChannelsQuestion), ct);
    }

    private static async Task<int> LogOutAsync(GatewaySession session, string channel, string account, CancellationToken ct)
    {
        var question = new ChannelsQuestion { Channel = channel, AccountId = account };
        var answer = await session.Client.CallAsync("channels.logout", JsonSerializer.SerializeToElement(question, CliJson.Default.ChannelsQuestion), ct);
        if (session.Json)
        {
            session.Terminal.WriteJson(answer, CliJson.Default.JsonElement, indented: false);
        }
        else
        {
            session.Terminal.WriteLine($"{channel}/{account} is logged out, and stopped.");
        }

        return ExitCode.Ok;
    }

    /// <summary>A text of others, on one line.</summary>
    private static string? Text(JsonElement row, string member) =>
        row.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? new string([.. value.GetString()!.Where(letter => !char.IsControl(letter))]) : null;
}

/// <summary>What is asked of accounts of channels.</summary>
internal sealed record ChannelsQuestion
{
    public bool? Probe { get; init; }

    public string? Channel { get; init; }

    public string? AccountId { get; init; }

    public int? TimeoutMs { get; init; }

    public string? CurrentQrDataUrl { get; init; }
}
