using System.CommandLine;
using System.Text.Json;

namespace Chela.Cli.Channels;

/// <summary><c>chela pairing</c>: who wrote to an account of a channel and waits to be let in, and who was.</summary>
internal static class PairingCommand
{
    private const string UsualAccount = "default";

    public static Command Create() => new ExampledCommand("pairing", "Let people in who write on channels")
    {
        Examples = ["chela pairing list", "chela pairing approve telegram K7MZ2QXA", "chela pairing remove telegram 42"],
        Subcommands =
        {
            ListCommand(),
            CallCommand("approve", "Let a person in", "channels.pairing.approve", "requestId", "CODE", "The code that the person was given"),
            CallCommand("reject", "Do not let a person in", "channels.pairing.dismiss", "requestId", "CODE", "The code that the person was given"),
            CallCommand("remove", "Shut a person out who was let in", "channels.pairing.remove", "senderId", "SENDER", "The person, by the id of the platform"),
        },
    };

    private static ExampledCommand ListCommand()
    {
        var connection = new ConnectionOptions("Longest wait for the answer (default 30)");
        var command = new ExampledCommand("list", "Show who waits, and who was let in")
        {
            Examples = ["chela pairing list", "chela pairing list --json"],
        };
        connection.AddTo(command);
        command.SetAction((parsed, ct) => GatewaySession.RunAsync(connection.Read(parsed), session => ListAsync(session, ct), ct));
        return command;
    }

    private static async Task<int> ListAsync(GatewaySession session, CancellationToken ct)
    {
        var list = await session.Client.CallAsync("channels.pairing.list", ct: ct);
        if (session.Json)
        {
            session.Terminal.WriteJson(list, CliJson.Default.JsonElement, indented: false);
            return ExitCode.Ok;
        }

        foreach (var line in Lines(list))
        {
            session.Terminal.WriteLine(line);
        }

        return ExitCode.Ok;
    }

    private static IEnumerable<string> Lines(JsonElement list)
    {
        var (waiting, paired) = (list.GetProperty("requests"), list.GetProperty("paired"));
        if (waiting.GetArrayLength() + paired.GetArrayLength() == 0)
        {
            yield return "Nobody was let in, and nobody waits.";
        }

        foreach (var one in waiting.EnumerateArray())
        {
            yield return $"waits    {Text(one, "senderLabel")} ({Text(one, "senderId")}) at {Place(one)}, until {Text(one, "expiresAt")}";
            yield return $"         chela pairing approve {Text(one, "channel")} {Text(one, "requestId")} --account {Text(one, "accountId")}";
        }

        foreach (var one in paired.EnumerateArray())
        {
            yield return $"let in   {Text(one, "name") ?? Text(one, "senderId")} ({Text(one, "senderId")}) at {Place(one)}, {Text(one, "at")} by {Text(one, "by")}";
        }
    }

    private static string Place(JsonElement row) => $"{Text(row, "channel")}/{Text(row, "accountId")}";

    /// <summary>A text of others, on one line.</summary>
    private static string? Text(JsonElement row, string member) =>
        row.TryGetProperty(member, out var value) && value.GetString() is { } text ? new string([.. text.Where(letter => !char.IsControl(letter))]) : null;

    private static ExampledCommand CallCommand(string name, string description, string method, string member, string word, string meaning)
    {
        var channel = new Argument<string>("CHANNEL") { Description = "The channel, for example telegram" };
        var id = new Argument<string>(word) { Description = meaning };
        var account = new Option<string>("--account") { Description = "The account of the channel", HelpName = "NAME", DefaultValueFactory = _ => UsualAccount };
        var connection = new ConnectionOptions("Longest wait for the answer (default 30)");
        var command = new ExampledCommand(name, description)
        {
            Examples = [$"chela pairing {name} telegram {word}", $"chela pairing {name} telegram {word} --account work --json"],
        };
        command.Add(channel);
        command.Add(id);
        command.Add(account);
        connection.AddTo(command);
        command.SetAction((parsed, ct) => GatewaySession.RunAsync(
            connection.Read(parsed),
            session => CallAsync(session, method, new Dictionary<string, string>
            {
                ["channel"] = parsed.GetRequiredValue(channel),
                ["accountId"] = parsed.GetRequiredValue(account),
                [member] = parsed.GetRequiredValue(id),
            }, ct),
            ct));
        return command;
    }

    private static async Task<int> CallAsync(GatewaySession session, string method, Dictionary<string, string> values, CancellationToken ct)
    {
        var parameters = JsonSerializer.SerializeToElement(values, CliJson.Default.DictionaryStringString);
        var answer = await session.Client.CallAsync(method, parameters, ct);
        if (session.Json)
        {
            session.Terminal.WriteJson(answer, CliJson.Default.JsonElement, indented: false);
            return ExitCode.Ok;
        }

        var sender = Text(answer, "senderId");
        session.Terminal.WriteLine(method switch
        {
            "channels.pairing.approve" => $"Let in: {sender}",
            "channels.pairing.dismiss" => $"Not let in: {sender}",
            _ => $"Shut out: {sender}",
        });
        return ExitCode.Ok;
    }
}
