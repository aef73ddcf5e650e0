using System.Security.Cryptography;
using System.Text;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Agents.Tools.Files;
using Chela.Gateway.Rpc;
using Chela.Gateway.Schema;

namespace Chela.Gateway.Agents.Briefing;

/// <summary>The files that agents are told of, and what they note from day to day, for those who look after them.</summary>
internal sealed class WorkspaceFileMethods(Workspaces workspaces) : IMethodModule
{
    private readonly Lock _writing = new();

    public void Map(MethodMap methods)
    {
        var json = BriefingJson.Default;
        methods.Add(MethodMap.Method("agents.files.list", OperatorScopes.Read, json.AgentsFilesListParams, json.AgentsFilesListResult, List) with
        {
            Summary = "List the files that an agent is told of before every conversation, and its notes of the days.",
        });
        methods.Add(MethodMap.Method("agents.files.get", OperatorScopes.Read, json.AgentsFilesGetParams, json.AgentsFilesGetResult, Get) with
        {
            Summary = "Read one of these files.",
        });
        methods.Add(MethodMap.Method("agents.files.set", OperatorScopes.Admin, json.AgentsFilesSetParams, json.AgentsFilesSetResult, Set) with
        {
            Summary = "Write one of these files.",
        });
    }

    private ValueTask<AgentsFilesListResult> List(AgentsFilesListParams parameters, CallContext context, CancellationToken ct)
    {
        var workspace = workspaces.PathFor(parameters.AgentId);
        return new(new AgentsFilesListResult(parameters.AgentId, workspace, [.. WorkspaceFiles.Names.Concat(WorkspaceFiles.FindNotes(workspace, ct)).Select(name => Look(workspace, name))]));
    }

    private ValueTask<AgentsFilesGetResult> Get(AgentsFilesGetParams parameters, CallContext context, CancellationToken ct)
    {
        var workspace = workspaces.PathFor(parameters.AgentId);
        return new(new AgentsFilesGetResult(parameters.AgentId, workspace, Read(workspace, NameOf(parameters.Name))));
    }

    private ValueTask<AgentsFilesSetResult> Set(AgentsFilesSetParams parameters, CallContext context, CancellationToken ct)
    {
        workspaces.PathFor(parameters.AgentId);
        var workspace = workspaces.Of(parameters.AgentId);
        var name = NameOf(parameters.Name);
        lock (_writing)
        {
            if (parameters.ExpectedHash is { } expected && !expected.Equals(Read(workspace, name).Hash, StringComparison.OrdinalIgnoreCase))
            {
                throw new RpcException(RpcErrorKind.Conflict, $"{name} holds another text by now; read it again");
            }

            Write(workspace, name, parameters.Content);
            return new(new AgentsFilesSetResult(true, parameters.AgentId, workspace, Read(workspace, name)));
        }
    }

    private static AgentsFile Read(string workspace, string name)
    {
        var text = Try(() => WorkspaceFiles.Read(workspace, name));
        return Look(workspace, name) with { Content = text, Hash = text is null ? null : HashOf(text) };
    }

    private static AgentsFile Look(string workspace, string name)
    {
        var path = Path.Combine(workspace, name);
        return WorkspaceFiles.At(workspace, name, file => file is not { Kind: EntryKind.File } ? new AgentsFile(name, path, Missing: true) : new AgentsFile(name, path, Missing: false)
        {
            Size = file.Size,
            UpdatedAtMs = new DateTimeOffset(File.GetLastWriteTimeUtc(file.Path)).ToUnixTimeMilliseconds(),
        });
    }

    private static void Write(string workspace, string name, string text) => Try(() => Workspace.Try(name, () =>
    {
        var (folder, file) = Workspace.FindPlace(workspace, name);
        using (folder)
        {
            TextFile.Replace(folder, file, name, text);
            return true;
        }
    }));

    private static T Try<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (ToolRefusal refusal)
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, refusal.Message);
        }
    }

    private static string NameOf(string name) => WorkspaceFiles.Names.Contains(name) || WorkspaceFiles.IsNote(name)
        ? name
        : throw new RpcException(RpcErrorKind.InvalidRequest, $"unsupported file \"{JsonText.Show(name)}\"; agents.files.list names those that there are");

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
