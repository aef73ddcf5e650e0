using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Chela.Cli;

/// <summary><c>chela usage</c>: tokens and cost of each day.</summary>
internal static class UsageCommand
{
    public static Command Create()
    {
        var days = new Option<int>("--days") { Description = "How many days, today included (default 30)", DefaultValueFactory = _ => 30 };
        var agent = new Option<string?>("--agent") { Description = "Only what this agent took" };
        var connection = new ConnectionOptions("Longest wait for the answer (default 30)");
        var command = new ExampledCommand("usage", "Show what agents took from their models, by day (UTC)")
        {
            Examples = ["chela usage", "chela usage --days 7 --agent main", "chela usage --json"],
        };
        command.Add(days);
        command.Add(agent);
        connection.AddTo(command);
        command.SetAction((parsed, ct) => GatewaySession.RunAsync(
            connection.Read(parsed), session => ShowAsync(session, new UsageQuery(parsed.GetValue(days)) { AgentId = parsed.GetValue(agent) }, ct), ct));
        return command;
    }

    private static async Task<int> ShowAsync(GatewaySession session, UsageQuery query, CancellationToken ct)
    {
        var answer = await session.Client.CallAsync("usage.cost", JsonSerializer.SerializeToElement(query, CliJson.Default.UsageQuery), ct: ct);
        if (session.Json)
        {
            session.Terminal.WriteJson(answer, CliJson.Default.JsonElement, indented: false);
            return ExitCode.Ok;
        }

        session.Terminal.WriteLine(Line("day", "read", "written", "tokens", "cost"));
        foreach (var day in answer.GetProperty("daily").EnumerateArray().Where(day => day.GetProperty("totalTokens").GetInt64() > 0))
        {
            session.Terminal.WriteLine(LineOf(day.GetProperty("date").GetString()!, day));
        }

        session.Terminal.WriteLine(LineOf("all", answer.GetProperty("totals")));
        return ExitCode.Ok;
    }

    private static string LineOf(string name, JsonElement totals) => Line(
        name,
        Number(totals.GetProperty("totalTokens").GetInt64() - totals.GetProperty("output").GetInt64()),
        Number(totals.GetProperty("output").GetInt64()),
        Number(totals.GetProperty("totalTokens").GetInt64()),
        (totals.GetProperty("missingCostEntries").GetInt32() > 0 ? "at least " : "") + string.Create(CultureInfo.InvariantCulture, $"${totals.GetProperty("totalCost").GetDecimal():0.00##}"));

    private static string Line(string day, string read, string written, string tokens, string cost) => $"{day,-12}{read,14}{written,14}{tokens,14}  {cost}";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Parameters of <c>usage.cost</c>.</summary>
internal sealed record UsageQuery(int Days)
{
    public string? AgentId { get; init; }
}
