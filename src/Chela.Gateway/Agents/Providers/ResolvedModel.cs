using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers;

/// <summary>A model that was found, and the client that talks to it.</summary>
/// <param name="Ref">Provider and model.</param>
/// <param name="Client">Safe for concurrent use; disposing it is not needed and closes nothing that others use.</param>
internal sealed record ResolvedModel(ModelRef Ref, IChatClient Client);
