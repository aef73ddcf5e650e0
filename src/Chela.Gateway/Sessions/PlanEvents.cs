using System.Text.Json;
using Chela.Contracts.Events;
using Chela.Gateway.Bus;

namespace Chela.Gateway.Sessions;

/// <summary>How far a plan is.</summary>
internal sealed record PlanNews(IReadOnlyList<PlanStepNews> Steps);

/// <summary>How far one of its steps is.</summary>
/// <param name="Id">Names it within the plan.</param>
/// <param name="Agent">The agent that does it.</param>
/// <param name="Task">What is to be done.</param>
/// <param name="Needs">The steps before it.</param>
internal sealed record PlanStepNews(string Id, string Agent, string Task, IReadOnlyList<string> Needs)
{
    public const string Pending = "pending";

    /// <summary><c>pending</c>, <c>in_progress</c>, <c>completed</c> or <c>failed</c>.</summary>
    public string Status { get; init; } = Pending;

    /// <summary>Where it was done, once it was.</summary>
    public string? SessionKey { get; init; }
}

/// <summary>A plan was made, or a step of it has begun or ended: always the whole plan as it is now.</summary>
internal sealed class PlanEvent(Turn turn, int number, PlanNews news, long nowMs) : AgentEvent(turn, number, "plan", nowMs)
{
    private const int LongestTask = 500;

    public override string? NameIn(Dialect dialect) => dialect switch
    {
        Dialect.OpenClaw => Name,
        Dialect.Session => null,
        _ => "chat.plan",
    };

    protected override void WriteData(Utf8JsonWriter writer) => WriteSteps(writer);

    protected override void WriteSnakeMembers(Utf8JsonWriter writer) => WriteSteps(writer);

    private void WriteSteps(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("steps"u8);
        foreach (var step in news.Steps)
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, step.Id);
            writer.WriteString("step"u8, SessionProgress.Beginning(step.Task, LongestTask));
            writer.WriteString("agent"u8, step.Agent);
            writer.WriteString("status"u8, step.Status);
            writer.WriteStartArray("needs"u8);
            foreach (var need in step.Needs)
            {
                writer.WriteStringValue(need);
            }

            writer.WriteEndArray();
            if (step.SessionKey is not null)
            {
                writer.WriteString("sessionKey"u8, step.SessionKey);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}

/// <summary>The gateway chose how a run works.</summary>
internal sealed class ModeEvent(Turn turn, int number, string mode, string reason, long nowMs) : AgentEvent(turn, number, "run_status", nowMs)
{
    protected override void WriteData(Utf8JsonWriter writer)
    {
        writer.WriteString("mode"u8, mode);
        writer.WriteString("reason"u8, reason);
    }
}
