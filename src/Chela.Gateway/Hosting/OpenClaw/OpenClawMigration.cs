using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Access.Senders;
using Chela.Gateway.Config;
using Chela.Gateway.Config.Editing;
using Chela.Gateway.Config.Migrations;
using Chela.Gateway.Config.Reloading;
using Chela.Gateway.Hosting.Desk;
using Chela.Gateway.Sessions;
using Chela.Gateway.Sessions.Export;
using Microsoft.Extensions.DependencyInjection;

namespace Chela.Gateway.Hosting.OpenClaw;

/// <summary>What is to be taken over.</summary>
/// <param name="Source">The state directory of OpenClaw; nothing in it is changed.</param>
/// <param name="Target">The state directory of this gateway.</param>
/// <param name="Environment">That of the process.</param>
public sealed record OpenClawMigrationOptions(string Source, StatePaths Target, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>Whether only to say what would be done.</summary>
    public bool DryRun { get; init; }

    /// <summary>Whether settings that are there give way; the former file is kept.</summary>
    public bool Force { get; init; }

    /// <summary>What <c>~</c> stands for in the source.</summary>
    public required string Home { get; init; }
}

/// <summary>
/// Takes an installation of OpenClaw over: settings, variables, keys of providers, folders of agents, who was let in, conversations. Says of everything what became
/// of it; what is here already stays, so that doing it again changes nothing.
/// </summary>
public sealed class OpenClawMigration
{
    private const int MaxConfigBytes = 2 * 1024 * 1024;

    private readonly OpenClawMigrationOptions _options;
    private readonly MigrationLog _log = new();

    private OpenClawMigration(OpenClawMigrationOptions options) => _options = options;

    /// <summary>Does it; returns what became of each thing.</summary>
    /// <exception cref="StartException">A gateway is running on the state directory, or it cannot be written.</exception>
    /// <exception cref="ConfigRefusedException">There is nothing to read, or something there is wrong that is no setting.</exception>
    public static async Task<IReadOnlyList<MigrationLine>> RunAsync(OpenClawMigrationOptions options, CancellationToken ct)
    {
        var migration = new OpenClawMigration(options);
        var settings = await migration.ReadAsync(ct);
        using var held = options.DryRun ? null : StateDirectory.Lock(options.Target, TimeProvider.System);
        await migration.TakeAsync(settings, ct);
        return migration._log.Lines;
    }

    private async Task<JsonObject> ReadAsync(CancellationToken ct)
    {
        var file = Path.Combine(_options.Source, "openclaw.json");
        try
        {
            if (!File.Exists(file))
            {
                throw new ConfigRefusedException(ConfigRefusal.NotFound, $"there is no {file}; name the state directory of OpenClaw with --from");
            }

            var text = new FileInfo(file).Length <= MaxConfigBytes ? await File.ReadAllTextAsync(file, ct) : throw new FormatException("it is too large");
            return Json5Text.Parse(text) as JsonObject ?? throw new FormatException("it is no object");
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigRefusedException(ConfigRefusal.Invalid, $"{file} cannot be read: {e.Message}", e);
        }
    }

    private async Task TakeAsync(JsonObject source, CancellationToken ct)
    {
        var (settings, notes) = ConfigMigration.Run(source, from: 1);
        foreach (var note in notes)
        {
            _log.Shaped("older form", note);
        }

        var agents = new ForeignAgents(_options.Source, _options.Home).Of(settings);
        var variables = await new ForeignVariables(_options.Source, _options.Target, _log).TakeAsync(settings, _options.Environment, _options.DryRun, ct);
        await AuthProfiles.TakeAsync(Path.Combine(_options.Source, "agents", agents[0].Id, "agent", "auth-profiles.json"), settings, _log, ct);
        await TakeSettingsAsync(settings, variables, ct);
        foreach (var agent in agents)
        {
            WorkspaceCopy.Copy(agent, _options.Target.Root, Path.Combine(_options.Target.WorkspacesDirectory, agent.Id), _options.DryRun, _log);
        }

        await TakeStateAsync(ct);
    }

    private async Task TakeSettingsAsync(JsonObject source, IReadOnlyDictionary<string, string> variables, CancellationToken ct)
    {
        var desk = await ConfigDesk.OpenAsync(_options.Target, null, variables, ct);
        var checker = new ConfigChecker(new ConfigSources(desk.Path, null) { Environment = variables }, config => SetupReader.Problems(config, variables), TimeProvider.System);
        var settings = await new GoodSettings(checker, _log).OfAsync(new ForeignSettings(desk.Schema, _log).Read(source), ct);
        var begun = desk.Beginning;
        var text = ConfigEdits.Between([], settings).Aggregate(begun, (written, edit) => TextEditor.Apply(written, edit));
        var present = await desk.ReadAsync(ct);
        var isThere = present is not null && text.AsSpan().SequenceEqual(present);
        if (present is not null && !isThere && !_options.Force)
        {
            _log.Left("all settings", $"{desk.Path} exists and stays as it is; --force puts these in its place, and keeps it as a backup");
            return;
        }

        var keys = ConfigDifferences.Paths(JsonElement.Parse("{}"), JsonElement.Parse(settings.ToJsonString())).Select(path => path.ToString());
        _log.Settle(isThere ? MigrationOutcome.Present : MigrationOutcome.Taken, keys);
        if (!_options.DryRun)
        {
            await desk.ReplaceAsync(present, text, ct);
        }
    }

    /// <summary>What the gateway itself writes: who was let in, and the conversations.</summary>
    private async Task TakeStateAsync(CancellationToken ct)
    {
        ForeignSenders[] people = [.. ForeignSenders.In(_options.Source, _log)];
        var sessions = ForeignSessions.In(_options.Source, _log);
        if (_options.DryRun || people.Length + sessions.Count == 0)
        {
            foreach (var senders in people)
            {
                _log.Taken(senders.Subject);
            }

            foreach (var session in sessions)
            {
                _log.Taken($"session {session.Key}");
            }

            return;
        }

        var (setup, _) = await SetupReader.ReadAsync(new GatewayOptions(_options.Target) { Environment = _options.Environment }, instead: null, ct);
        await using var services = new ServiceCollection().AddLogging().AddGateway(setup).BuildServiceProvider();
        await TakePeopleAsync(people, services, ct);
        await TakeSessionsAsync(sessions, services, ct);
    }

    private async Task TakePeopleAsync(ForeignSenders[] people, IServiceProvider services, CancellationToken ct)
    {
        var (book, config) = (services.GetRequiredService<SenderBook>(), services.GetRequiredService<ConfigStore>().Current.Config);
        try
        {
            await book.LoadAsync(ct);
            foreach (var senders in people)
            {
                await senders.TakeAsync(config.Channels, book, _log);
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            _log.Left("people let in", e.Message);
        }
    }

    private async Task TakeSessionsAsync(IReadOnlyList<ForeignSession> sessions, IServiceProvider services, CancellationToken ct)
    {
        var table = services.GetRequiredService<SessionTable>();
        await table.LoadAsync(ct);
        foreach (var session in sessions)
        {
            await ForeignSessions.TakeAsync(session, table, services.GetRequiredService<SessionImports>(), _log, ct);
        }

        await table.Compaction;
    }
}
