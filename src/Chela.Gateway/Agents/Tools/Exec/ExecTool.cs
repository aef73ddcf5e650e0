using System.Globalization;
using System.Text;
using Chela.Contracts.Tools;
using Chela.Gateway.Config;

namespace Chela.Gateway.Agents.Tools.Exec;

/// <summary>The tool that runs programs: those that the operator has allowed, without a shell, in a sandbox where there is one.</summary>
internal sealed class ExecTool
{
    private readonly Func<ExecToolConfig> _settings;
    private readonly Sandbox _sandbox;
    private readonly TimeProvider _time;

    public ExecTool(Func<ExecToolConfig> settings, Sandbox sandbox, TimeProvider time)
    {
        (_settings, _sandbox, _time) = (settings, sandbox, time);
        Tool = new Tool<ExecArguments>(
            "exec",
            "Runs one of the allowed programs in your workspace, without a shell, and shows what it writes.",
            ExecJson.Default.ExecArguments,
            RunAsync)
        {
            Risk = ToolRisk.High,
            TimeLimit = TimeSpan.FromSeconds(ExecArguments.LongestTimeoutSeconds + 30),
        };
    }

    /// <summary>What models are offered.</summary>
    public ITool Tool { get; }

    private async Task<ToolResult> RunAsync(ExecArguments arguments, ToolContext context, CancellationToken ct)
    {
        var settings = _settings();
        var words = WordsOf(arguments);
        var program = AllowedPrograms.Find(words[0], settings.Allow ?? [], context.Workspace);
        var command = await _sandbox.WrapAsync([program, .. words.Skip(1)], context.Workspace, settings, ct);
        var allowed = TimeSpan.FromSeconds(arguments.TimeoutSeconds ?? ExecArguments.UsualTimeoutSeconds);
        return Show(await ProgramRun.RunAsync(command, context.Workspace, allowed, _time, ct));
    }

    private static IReadOnlyList<string> WordsOf(ExecArguments arguments) => arguments switch
    {
        { Command: { } words, Line: null } => words.Any(word => word.Contains('\0', StringComparison.Ordinal))
            ? throw new ToolRefusal("A word of the command holds a NUL character.")
            : words,
        { Command: null, Line: { } line } => CommandWords.Parse(line),
        _ => throw new ToolRefusal("Give either command or line."),
    };

    private static ToolResult Show(ProgramEnd end)
    {
        var text = new StringBuilder();
        text.Append(end.WhyEnded is { } why ? $"{why}, and it was ended." : string.Create(CultureInfo.InvariantCulture, $"Exit code {end.ExitCode}."));
        Add("Output", end.Output);
        Add("Errors", end.Errors);
        return new ToolResult(text.ToString()) { IsError = end.ExitCode != 0 };

        void Add(string title, string written)
        {
            if (written.Length > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"\n{title}{(written.Length < ProgramRun.MaxKept ? "" : ", the beginning of it")}:\n{written}");
            }
        }
    }
}
