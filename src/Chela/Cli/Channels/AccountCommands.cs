using System.CommandLine;
using System.Text.Json;

namespace Chela.Cli.Channels;

/// <summary><c>chela channels start</c>, <c>stop</c> and <c>restart</c>: of one account, or of all.</summary>
internal static class AccountCommands
{
    public static IEnumerable<Command> All =>
    [
        Create("start", "Start an account", "is started"),
        Create("stop", "Stop an account until it is started, its settings change or the gateway starts", "is stopped"),
        Create("restart", "Stop an account and start it again", "is started anew"),
    ];

    private static ExampledCommand Create(string verb, string description, string done)
    {
        var channel = new Argument<string?>("CHANNEL") { Description = "The channel, for example telegram", Arity = ArgumentArity.ZeroOrOne };
        var account = new Option<string?>("--account") { Description = "The account of the channel (else default)", HelpName = "NAME" };
        var all = new Option<bool>("--all") { Description = "All accounts of the channel, or of all channels" };
        var connection = new ConnectionOptions("Longest wait for an answer (default 30)");
        var command = new ExampledCommand(verb, description)
        {
            Examples = [$"chela channels {verb} telegram", $"chela channels {verb} telegram --account work", $"chela channels {verb} --all"],
        };
        command.Add(channel);
        command.Add(account);
        command.Add(all);
        connection.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(all) ? result.GetValue(account) is not null : result.GetValue(channel) is null)
            {
                result.AddError("Name a channel (and --account where it is not the default one), or say --all.");
            }
        });
        command.SetAction((parsed, ct) => GatewaySession.RunAsync(connection.Read(parsed), async session =>
        {
            var accounts = parsed.GetValue(all)
                ? await AccountsAsync(session, parsed.GetValue(channel), ct)
                : [new ChannelsQuestion { Channel = parsed.GetValue(channel), AccountId = parsed.GetValue(account) ?? ChannelsCommand.UsualAccount }];
            foreach (var one in accounts)
            {
                await TellAsync(session, one, $"channels.{verb}", done, ct);
            }

            return ExitCode.Ok;
        }, ct));
        return command;
    }

    /// <summary>Those that have a connection: what programs post by webhook has none.</summary>
    private static async Task<IReadOnlyList<ChannelsQuestion>> AccountsAsync(GatewaySession session, string? channel, CancellationToken ct)
    {
        var status = await session.Client.CallAsync("channels.status", ct: ct);
        return
        [
            .. from rows in status.GetProperty("channelAccounts").EnumerateObject()
               where rows.Name != "webhook" && (channel ?? rows.Name) == rows.Name
               from row in rows.Value.EnumerateArray()
               where row.GetProperty("enabled").GetBoolean()
               select new ChannelsQuestion { Channel = rows.Name, AccountId = row.GetProperty("accountId").GetString() },
        ];
    }

    private static async Task TellAsync(GatewaySession session, ChannelsQuestion account, string method, string done, CancellationToken ct)
    {
        var answer = await session.Client.CallAsync(method, JsonSerializer.SerializeToElement(account, CliJson.Default.ChannelsQuestion), ct);
        if (session.Json)
        {
            session.Terminal.WriteJson(answer, CliJson.Default.JsonElement, indented: false);
        }
        else
        {
            session.Terminal.WriteLine($"{account.Channel}/{account.AccountId} {done}.");
        }
    }
}
