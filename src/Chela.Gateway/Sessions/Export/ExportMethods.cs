using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Sessions.Export;

/// <summary>Carrying sessions from one gateway to another, or into a file.</summary>
internal sealed class ExportMethods(SessionTable sessions, SessionKeys keys, SessionNews news, TranscriptExport export, SessionImports imports)
    : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = ExportJson.Default;
        methods.Add(MethodMap.Method("sessions.export", OperatorScopes.Admin, json.SessionsExportParams, json.SessionsExportResult, ExportAsync) with
        {
            Summary = "A session as lines of JSON, a page at a time.",
        });
        methods.Add(MethodMap.Method("sessions.import", OperatorScopes.Admin, json.SessionsImportParams, json.SessionsImportResult, ImportAsync) with
        {
            Summary = "Make a session of such lines; it is there with the last of them.",
        });
    }

    private async ValueTask<SessionsExportResult> ExportAsync(SessionsExportParams parameters, CallContext context, CancellationToken ct)
    {
        var session = sessions.Find(keys.Resolve(parameters.Key, parameters.AgentId))
            ?? throw new RpcException(RpcErrorKind.NotFound, $"No session found: {parameters.Key}");
        return await export.PageAsync(session, parameters, ct);
    }

    private async ValueTask<SessionsImportResult> ImportAsync(SessionsImportParams parameters, CallContext context, CancellationToken ct)
    {
        var key = keys.Resolve(parameters.Key, parameters.AgentId);
        var result = await imports.AddAsync(key, parameters, ct);
        if (result.SessionId is not null)
        {
            context.AfterAnswer(() => news.Tell(key, "import"));
        }

        return result;
    }
}
