using System.Net;
using Replication.Raft.Primitives;
using Replication.Storage.Identity;

namespace KvNode.Commands;

/// <summary>Where a node listens that was not told so: at its own member's address.</summary>
internal static class ListenAddress
{
    public static IPEndPoint Of(DataDirectory directory, NodeId node)
    {
        Uri address = directory.Members.First(m => m.NodeId == node).Address;
        string host = address.Host.Trim('[', ']');
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            return new IPEndPoint(IPAddress.Loopback, address.Port);
        }

        return IPAddress.TryParse(host, out IPAddress? ip)
            ? new IPEndPoint(ip, address.Port)
            : throw new NodeException(
                ExitCode.BadSetting, $"--listen is missing: the member's address {address} has a name, not an IP "
                    + $"address, such as 0.0.0.0:{address.Port}.");
    }
}
