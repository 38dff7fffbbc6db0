using System.Globalization;
using System.Runtime.InteropServices;
using JellyBean.CameraRig;

// `cameras [N] [rtsp,tcp,…] [fps]`: N cameras on loopback until standard input ends. Lines on standard input make them misbehave: `stop 3`, `start 3`, `freeze 3`, `thaw 3`, `garble 3 0.001`,
// `throttle 3 20000`, `size 3 640x480`; each is answered by a line.
const int DefaultCount = 4;
var count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : DefaultCount;
string[] protocols = args.Length > 1 ? args[1].Split(',') : ["rtsp", "tcp", "hls", "rtmp", "mjpeg", "udp"];
var fps = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 5;

var folder = Directory.CreateTempSubdirectory("camera-rig-").FullName;
var source = File.Exists(RigClip.People) ? RigClip.People : null;
var cameras = new List<RigCamera>();

// The processes of cameras do not end with this one by themselves.
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
{
    signal.Cancel = true;
    EndAsync().GetAwaiter().GetResult();
    Environment.Exit(0);
});
try
{
    var clip = RigClip.Encode(folder, fps, source: source);
    for (var i = 0; i < count; i++)
    {
        var camera = RigCamera.Create(protocols[i % protocols.Length], clip);
        cameras.Add(camera);
        camera.Start();
        Console.WriteLine($"camera-{i} {camera.Uri}{(camera.Uri.StartsWith("rtmp:", StringComparison.Ordinal) ? " listen" : "")}");
    }

    Console.WriteLine("ready");
    Console.Error.WriteLine($"Orders, a line each, for camera 0 to {cameras.Count - 1}: stop 0, start 0, freeze 0, thaw 0, garble 0 0.001, throttle 0 20000, size 0 640x480. The cameras end with the input (Ctrl-D).");
    while (Console.ReadLine() is { } line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is [var order, var which, .. var rest] && int.TryParse(which, CultureInfo.InvariantCulture, out var index) && index >= 0 && index < cameras.Count)
        {
            Console.WriteLine(await ObeyAsync(cameras[index], order, rest) ? "done" : "not understood");
        }
        else
        {
            Console.WriteLine("not understood");
        }
    }

    Console.Error.WriteLine("The input has ended, and the cameras with it.");
}
finally
{
    await EndAsync();
}

return 0;

async Task EndAsync()
{
    foreach (var camera in cameras)
    {
        await camera.DisposeAsync();
    }

    if (Directory.Exists(folder))
    {
        Directory.Delete(folder, recursive: true);
    }
}

async Task<bool> ObeyAsync(RigCamera camera, string order, string[] rest)
{
    switch (order, rest)
    {
        case ("stop", []):
            await camera.StopAsync();
            return true;
        case ("start", []):
            camera.Start();
            return true;
        case ("freeze", []):
            camera.Freeze();
            return true;
        case ("thaw", []):
            camera.Thaw();
            return true;
        case ("garble", [var share]):
            camera.Garble = double.Parse(share, CultureInfo.InvariantCulture);
            return true;
        case ("throttle", [var bytes]):
            camera.BytesPerSecond = int.Parse(bytes, CultureInfo.InvariantCulture);
            return true;
        case ("size", [var size]):
            camera.Clip = RigClip.Encode(folder, fps, size == "own" ? null : size, source: source);
            await camera.StopAsync();
            camera.Start();
            return true;
        default:
            return false;
    }
}
