using Replication.Storage.Engine.Tree;

namespace Replication.Storage.Engine.Values;

/// <summary>Versions whose records follow each other in the value log; chunks are chained in order of
/// address.</summary>
/// <param name="versions">In order of address.</param>
/// <param name="unlistedBytes">Bytes of records among them that were dead when the log was opened and are not
/// listed.</param>
internal sealed class LandedChunk(KeyVersion[] versions, long unlistedBytes)
{
    public KeyVersion[] Versions { get; } = versions;

    public long UnlistedBytes { get; } = unlistedBytes;

    public LandedChunk? Next { get; set; }
}

/// <summary>A place in the chain of chunks: the first version that was not yet passed.</summary>
internal struct ChunkPosition(LandedChunk chunk)
{
    private LandedChunk _chunk = chunk;
    private int _index;

    /// <summary>Gets the version at this place.</summary>
    /// <param name="version">It.</param>
    /// <param name="unlistedBytes">Receives the unlisted bytes of each chunk that was left behind on the way.</param>
    /// <returns>False at the end of the chain.</returns>
    public bool TryPeek(out KeyVersion version, ref long unlistedBytes)
    {
        while (_index == _chunk.Versions.Length)
        {
            if (_chunk.Next is not { } next)
            {
                version = null!;
                return false;
            }

            unlistedBytes += _chunk.UnlistedBytes;
            _chunk = next;
            _index = 0;
        }

        version = _chunk.Versions[_index];
        return true;
    }

    public void Advance() => _index++;
}
