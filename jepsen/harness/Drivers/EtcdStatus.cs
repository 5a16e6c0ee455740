using System.Globalization;
using System.Text.Json;
using KvProcesses.Clients;

namespace Harness.Drivers;

/// <summary>What an etcd member says of itself, in the words of a node. Members have large numbers of their
/// own.</summary>
internal static class EtcdStatus
{
    /// <summary>Takes the answer of <c>v3/maintenance/status</c>.</summary>
    /// <returns>Null if it is an error.</returns>
    public static NodeView? Of(int node, JsonElement status)
    {
        if (!status.TryGetProperty("header", out JsonElement header))
        {
            return null;
        }

        string own = header.GetProperty("member_id").GetString()!;
        string leader = status.TryGetProperty("leader", out JsonElement known) ? known.GetString()! : "0";
        return new NodeView
        {
            NodeId = node,
            IsLeader = leader == own,

            // Equal for all members that follow the same one; 0 for none.
            Leader = (int)(ulong.Parse(leader, CultureInfo.InvariantCulture) % int.MaxValue),
            Term = NumberOf(header, "raft_term"),
            CommitIndex = NumberOf(status, "raftIndex"),
            AppliedIndex = NumberOf(status, "raftAppliedIndex"),
            LastIndex = NumberOf(status, "raftIndex"),
            LogBytes = 0,
            Fault = "",
        };
    }

    private static long NumberOf(JsonElement holder, string name) =>
        holder.TryGetProperty(name, out JsonElement number)
            ? long.Parse(number.GetString()!, CultureInfo.InvariantCulture) : 0;
}
