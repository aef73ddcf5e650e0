using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Gateway.Schema;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Supervisor;

/// <summary>How a task is divided. What a model writes; see <see cref="PlanReader"/> for what it must be.</summary>
internal sealed record Plan([property: Description("The steps."), MinLength(1), MaxLength(PlanReader.MostSteps)] IReadOnlyList<PlanStep> Steps);

/// <summary>A part of the task, which one agent does.</summary>
/// <param name="Id">Names it within the plan.</param>
/// <param name="Task">What is to be done, with all that the agent must know: it does not see the conversation.</param>
internal sealed record PlanStep(
    [property: Description("A short name of the step."), MinLength(1), MaxLength(32)] string Id,
    [property: Description("What is to be done, with all that the agent must know: it does not see the conversation."), MinLength(1), MaxLength(20_000)] string Task)
{
    [Description("The agent that does it; left out, your own."), MinLength(1)]
    public string? Agent { get; init; }

    [Description("The steps whose results this one needs. Steps that need nothing of each other are done at the same time."), MaxLength(PlanReader.MostSteps)]
    public IReadOnlyList<string>? Needs { get; init; }
}

/// <summary>Offers models to write a plan, and reads what they wrote.</summary>
internal static class PlanReader
{
    /// <summary>The most steps of one plan.</summary>
    public const int MostSteps = 8;

    /// <summary>The name under which a model hands in its plan.</summary>
    public const string ToolName = "plan";

    private static readonly JsonShape Shape = new(PlanJson.Default.Plan);

    /// <summary>What the model is offered.</summary>
    public static AITool Tool { get; } = AIFunctionFactory.CreateDeclaration(
        ToolName, "Divides the task into steps, has each done by an agent, and gives you their results. For tasks of several parts.", Shape.Schema);

    /// <summary>The plan; or what is wrong with it, for the model.</summary>
    /// <param name="call">The call with which it was handed in.</param>
    /// <param name="isAgent">Tells which agents there are.</param>
    public static (Plan? Plan, string? Problem) Read(FunctionCallContent call, Func<string, bool> isAgent)
    {
        var arguments = JsonElement.Parse(Providers.ToolArguments.Write(call.Arguments));
        if (call.Exception is not null || Shape.Check(arguments) is { Count: > 0 })
        {
            return (null, $"The plan does not fit: {(call.Exception is null ? ShapeProblem.Join(Shape.Check(arguments)) : "it is no JSON object")}.");
        }

        var plan = arguments.Deserialize(PlanJson.Default.Plan)!;
        return Problem(plan, isAgent) is { } problem ? (null, problem) : (plan, null);
    }

    private static string? Problem(Plan plan, Func<string, bool> isAgent)
    {
        var ids = plan.Steps.Select(step => step.Id).ToHashSet(StringComparer.Ordinal);
        return ids.Count < plan.Steps.Count ? "Two steps have the same id."
            : plan.Steps.FirstOrDefault(step => step.Agent is { } agent && !isAgent(agent)) is { } stray ? $"There is no agent {JsonText.Show(stray.Agent!)}."
            : plan.Steps.FirstOrDefault(step => step.Needs?.Any(need => !ids.Contains(need)) == true) is { } loose ? $"The step {JsonText.Show(loose.Id)} needs a step that there is not."
            : IsCircle(plan) ? "Steps need each other in a circle."
            : null;
    }

    private static bool IsCircle(Plan plan)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        while (plan.Steps.FirstOrDefault(step => !done.Contains(step.Id) && done.IsSupersetOf(step.Needs ?? [])) is { } next)
        {
            done.Add(next.Id);
        }

        return done.Count < plan.Steps.Count;
    }
}

/// <summary>JSON types of plans.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Plan))]
internal sealed partial class PlanJson : JsonSerializerContext;
