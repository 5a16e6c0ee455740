using Replication.Hosting;
using Replication.Storage.Files;

namespace Replication.Faster;

/// <summary>Durable storage for a host that is made from services.</summary>
public static class FasterReplicationBuilder
{
    /// <summary>Keeps the node's data in a directory, in record logs on Microsoft FASTER's FasterLog.</summary>
    /// <param name="builder">The builder that AddReplication returned.</param>
    /// <param name="directory">An initialized data directory; see DataDirectory.Initialize.</param>
    /// <returns>The builder.</returns>
    public static ReplicationBuilder UseFaster(this ReplicationBuilder builder, string directory)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return builder.UseStorage(_ => new PhysicalFileSystem(directory), _ => new FasterRecordLogFactory());
    }
}
