using KvNode.Settings;

namespace KvNode.Commands;

/// <summary>Names what nobody can guess, when it is missing.</summary>
internal static class RequiredSettings
{
    public static void Check(NodeSettings settings)
    {
        Need(settings.Host.NodeId.IsNone, "--node-id");
        Need(settings.Host.ClusterId == Guid.Empty, "--cluster-id");
        Need(settings.DataDirectory.Length == 0, "--data-directory");
    }

    private static void Need(bool missing, string option)
    {
        if (missing)
        {
            throw new NodeException(ExitCode.BadSetting, $"{option} is missing; see --help.");
        }
    }
}
