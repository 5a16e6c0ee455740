using KvNode.Settings;
using Replication.Storage.Files;
using Replication.Storage.Identity;

namespace KvNode.Commands;

/// <summary>The explicit, one-time act that makes a directory a node's.</summary>
internal static class InitCommand
{
    public static ExitCode Execute(NodeSettings settings)
    {
        RequiredSettings.Check(settings);
        if (settings.Members.Count == 0)
        {
            throw new NodeException(ExitCode.BadSetting, "--member is missing: init needs every member as ID=ADDRESS.");
        }

        int node = settings.Host.NodeId.Value;
        if (!settings.Members.ContainsKey(node))
        {
            throw new NodeException(
                ExitCode.BadSetting, $"--member has no entry for node {node}, the node that --node-id names.");
        }

        Guid directory = Guid.NewGuid();
        string path = Path.GetFullPath(settings.DataDirectory);
        DataDirectory.Initialize(
            new PhysicalFileSystem(path), settings.Host.ClusterId, settings.Host.NodeId, [.. settings.Members.Values],
                directory);
        ReportLine.Initialized(node, settings.Host.ClusterId, directory, path);
        return ExitCode.Stopped;
    }
}
