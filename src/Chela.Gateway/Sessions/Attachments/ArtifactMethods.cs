using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Config;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Sessions.Attachments;

/// <summary>Gives back the files that came with messages.</summary>
internal sealed class ArtifactMethods(ArtifactList files, AttachmentStore store, SessionKeys keys, ConfigStore config) : IMethodModule
{
    /// <summary>What an answer holds beside the content, in bytes.</summary>
    private const int Margin = 64 * 1024;

    public void Map(MethodMap methods)
    {
        var json = ArtifactsJson.Default;
        methods.Add(MethodMap.Method("artifacts.list", OperatorScopes.Read, json.ArtifactsListParams, json.ArtifactsListResult, ListAsync) with
        {
            Summary = "The files that came with the messages of a session.",
            Deadline = TimeSpan.FromSeconds(30),
        });
        methods.Add(MethodMap.Method("artifacts.get", OperatorScopes.Read, json.ArtifactParams, json.ArtifactResult, GetAsync) with
        {
            Summary = "One of these files, without its content.",
            Deadline = TimeSpan.FromSeconds(30),
        });
        methods.Add(MethodMap.Method("artifacts.download", OperatorScopes.Read, json.ArtifactParams, json.ArtifactDownload, DownloadAsync) with
        {
            Summary = "One of these files with its content.",
            Deadline = TimeSpan.FromSeconds(30),
        });
    }

    private async ValueTask<ArtifactsListResult> ListAsync(ArtifactsListParams parameters, CallContext context, CancellationToken ct)
    {
        var key = keys.Resolve(parameters.SessionKey, parameters.AgentId);
        var found = await files.FindAsync(key, IsWanted, parameters.Limit ?? ArtifactList.Most, ct);
        return new ArtifactsListResult([.. found.Select(file => Shown(key, file))]);

        bool IsWanted(NamedFile file) => IsOf(file, parameters.RunId, parameters.MessageRole) && (parameters.Type ?? TypeOf(file)) == TypeOf(file);
    }

    private async ValueTask<ArtifactResult> GetAsync(ArtifactParams parameters, CallContext context, CancellationToken ct)
    {
        var (key, file) = await FindAsync(parameters, ct);
        return new ArtifactResult(Shown(key, file));
    }

    private async ValueTask<ArtifactDownload> DownloadAsync(ArtifactParams parameters, CallContext context, CancellationToken ct)
    {
        var (key, file) = await FindAsync(parameters, ct);
        var most = (config.Current.Config.Gateway.Limits.MaxBufferedBytes - Margin) / 4 * 3L;
        if (file.File.Bytes > most)
        {
            throw new RpcException(
                RpcErrorKind.InvalidRequest, $"{file.File.FileName} has {file.File.Bytes} bytes; an answer takes {most} (gateway.limits.maxBufferedBytes)");
        }

        return await store.ReadAsync(file.File, ct) is { } content
            ? new ArtifactDownload(Shown(key, file), "base64", Convert.ToBase64String(content))
            : throw new RpcException(RpcErrorKind.Unavailable, $"{file.File.FileName} is missing or damaged on the disk of the gateway; send it again to mend it");
    }

    private async ValueTask<(SessionKey Key, NamedFile File)> FindAsync(ArtifactParams parameters, CancellationToken ct)
    {
        var key = keys.Resolve(parameters.SessionKey, parameters.AgentId);
        var found = await files.FindAsync(key, IsWanted, 1, ct);
        return found is [var file]
            ? (key, file)
            : throw new RpcException(RpcErrorKind.NotFound, $"artifact not found: {parameters.ArtifactId}; artifacts.list names those of the session {key}");

        bool IsWanted(NamedFile file) => file.File.Sha256 == parameters.ArtifactId && IsOf(file, parameters.RunId, parameters.MessageRole);
    }

    private static bool IsOf(NamedFile file, string? runId, string? role) =>
        (runId ?? file.Message.RunId) == file.Message.RunId && (role ?? file.Message.Role) == file.Message.Role;

    private static string TypeOf(NamedFile file) => FileKinds.Of(file.File) == FileKind.Image ? Artifact.Image : Artifact.Other;

    private static Artifact Shown(SessionKey key, NamedFile file) => new(
        file.File.Sha256, TypeOf(file), file.File.FileName, file.File.MimeType, file.File.Bytes, key.Value, file.Number, new ArtifactSource("bytes"))
    {
        RunId = file.Message.RunId,
    };
}
