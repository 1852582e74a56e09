"""What is fine on this computer, what is not, and the command that mends it.

`gathering` looks, bounded in time, whatever is broken; `facts` is what was seen; `judging` decides, looking at nothing.
"""
